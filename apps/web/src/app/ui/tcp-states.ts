import { TCP_STATES, TCP_STATE_FACTS, type CloseSide, type TcpState } from '@closewatch/socket-states';

/** State names as people and tools write them; the same in every language. */
export const STATE_LABELS: Readonly<Record<TcpState, string>> = {
  listen: 'LISTEN',
  syn_sent: 'SYN_SENT',
  syn_received: 'SYN_RECV',
  established: 'ESTABLISHED',
  fin_wait_1: 'FIN_WAIT_1',
  fin_wait_2: 'FIN_WAIT_2',
  closing: 'CLOSING',
  time_wait: 'TIME_WAIT',
  close_wait: 'CLOSE_WAIT',
  last_ack: 'LAST_ACK',
  closed: 'CLOSED',
  unknown: 'UNKNOWN',
};

/** Translation keys of what each state means. */
export const STATE_MEANINGS: Readonly<Record<TcpState, string>> = {
  listen: 'meaning.listen',
  syn_sent: 'meaning.syn_sent',
  syn_received: 'meaning.syn_received',
  established: 'meaning.established',
  fin_wait_1: 'meaning.fin_wait_1',
  fin_wait_2: 'meaning.fin_wait_2',
  closing: 'meaning.closing',
  time_wait: 'meaning.time_wait',
  close_wait: 'meaning.close_wait',
  last_ack: 'meaning.last_ack',
  closed: 'meaning.closed',
  unknown: 'meaning.unknown',
};

export interface StateGroup {
  readonly side: CloseSide;
  /** Translation key of its name. */
  readonly name: string;
  readonly states: readonly TcpState[];
}

const group = (side: CloseSide, name: string): StateGroup => ({
  side,
  name,
  states: TCP_STATES.filter((state) => TCP_STATE_FACTS[state].side === side),
});

/** The states by the side of the close they stand on: what can leak first, then what is large, then the rest. */
export const STATE_GROUPS: readonly StateGroup[] = [
  group('passive', 'side.passive'),
  group('active', 'side.active'),
  group('setup', 'side.setup'),
  group('open', 'side.open'),
  group('none', 'side.none'),
];

/** Left to right in a bar: CLOSE_WAIT stands at the left edge, where bars of many hosts compare at a glance. */
export const BAR_ORDER: readonly TcpState[] = STATE_GROUPS.flatMap(({ states }) => states);
