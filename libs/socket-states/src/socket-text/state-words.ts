import { parseTcpState, type TcpState } from '../tcp-state.ts';

/** net-tools' own translations of states (its catalogues cs, de and pt_BR): nothing else of its rows is translated. */
const TRANSLATED: Readonly<Record<string, TcpState>> = {
  VERBUNDEN: 'established',
  UNBEKANNT: 'unknown',
  SPOJENO: 'established',
  ZAVŘEN: 'closed',
  POSLEDNÍ: 'last_ack', // POSLEDNÍ ACK
  NASLOUCHÁ: 'listen',
  ZAVÍRÁ: 'closing',
  NEZNÁM: 'unknown',
  ESTABELECIDA: 'established',
  SYN_ENVIADO: 'syn_sent',
  SYN_RECEBIDO: 'syn_received',
  ESPERA_FIN1: 'fin_wait_1',
  ESPERA_FIN2: 'fin_wait_2',
  FECHAR: 'closed',
  ESPERANDO_FECHAR: 'close_wait',
  ÚLTIMO_ACK: 'last_ack',
  OUÇA: 'listen',
  FECHANDO: 'closing',
  DESCONHECIDA: 'unknown',
};

const NETSTAT = new Map<string, TcpState>(Object.entries(TRANSLATED));

/** A state as netstat prints it, in capitals and with underscores; undefined for any other word. */
export function netstatState(word: string): TcpState | undefined {
  const known = NETSTAT.get(word);
  if (known !== undefined) return known;
  const state = /^[A-Z][A-Z_0-9]*$/.test(word) ? parseTcpState(word) : undefined;
  // Words come from texts of anybody: only those that are states are kept.
  if (state !== undefined) NETSTAT.set(word, state);
  return state;
}

const SS = new Map<string, TcpState>();

/** A state as ss prints it, in capitals and with hyphens; undefined for any other word. */
export function ssState(word: string): TcpState | undefined {
  const known = SS.get(word);
  if (known !== undefined) return known;
  const state = /^[A-Z][A-Z-]*(?:-[12])?$/.test(word) ? parseTcpState(word) : undefined;
  if (state !== undefined) SS.set(word, state);
  return state;
}
