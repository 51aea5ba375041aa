/**
 * The states of a TCP connection under OpenTelemetry's names (`network.connection.state`), with `unknown` for what a
 * kernel newer than this list reports. The states are those of RFC 9293 section 3.3.2; the order is a connection's life:
 * set-up, talk, the close of the end that closes first, the close of the other end.
 */
export const TCP_STATES = [
  'listen',
  'syn_sent',
  'syn_received',
  'established',
  'fin_wait_1',
  'fin_wait_2',
  'closing',
  'time_wait',
  'close_wait',
  'last_ack',
  'closed',
  'unknown',
] as const;

export type TcpState = (typeof TCP_STATES)[number];

/** Where in its life, and on which side of the close, a socket in this state stands. */
export type CloseSide = 'setup' | 'open' | 'active' | 'passive' | 'none';

export interface TcpStateFacts {
  /** Number in the kernel's include/net/tcp_states.h, in idiag_state and in /proc/net/tcp; null where it has none. */
  readonly kernelNumber: number | null;
  /** As net-tools' netstat prints it, at most 11 characters. */
  readonly netstat: string;
  /** As iproute2's ss prints it. */
  readonly ss: string;
  readonly side: CloseSide;
  /** One sentence for people who operate servers; RFC 9293 section 3.3.2. */
  readonly meaning: string;
}

export const TCP_STATE_FACTS: Readonly<Record<TcpState, TcpStateFacts>> = {
  listen: {
    kernelNumber: 10,
    netstat: 'LISTEN',
    ss: 'LISTEN',
    side: 'none',
    meaning: 'A server socket that waits for connection requests.',
  },
  syn_sent: {
    kernelNumber: 2,
    netstat: 'SYN_SENT',
    ss: 'SYN-SENT',
    side: 'setup',
    meaning: 'We asked for a connection and wait for the peer to answer.',
  },
  syn_received: {
    kernelNumber: 3,
    netstat: 'SYN_RECV',
    ss: 'SYN-RECV',
    side: 'setup',
    meaning: 'The peer asked, we answered, and wait for its last acknowledgement.',
  },
  established: {
    kernelNumber: 1,
    netstat: 'ESTABLISHED',
    ss: 'ESTAB',
    side: 'open',
    meaning: 'Both ends are connected and may talk.',
  },
  fin_wait_1: {
    kernelNumber: 4,
    netstat: 'FIN_WAIT1',
    ss: 'FIN-WAIT-1',
    side: 'active',
    meaning: 'We closed first; our FIN is not acknowledged yet.',
  },
  fin_wait_2: {
    kernelNumber: 5,
    netstat: 'FIN_WAIT2',
    ss: 'FIN-WAIT-2',
    side: 'active',
    meaning: 'We closed first and the peer knows; we wait for the peer to close too.',
  },
  closing: {
    kernelNumber: 11,
    netstat: 'CLOSING',
    ss: 'CLOSING',
    side: 'active',
    meaning: 'Both ends closed at the same moment; we wait for the acknowledgement of our FIN.',
  },
  time_wait: {
    kernelNumber: 6,
    netstat: 'TIME_WAIT',
    ss: 'TIME-WAIT',
    side: 'active',
    meaning:
      'We closed first; the record waits so that stray segments die and a lost last acknowledgement can be answered.',
  },
  close_wait: {
    kernelNumber: 8,
    netstat: 'CLOSE_WAIT',
    ss: 'CLOSE-WAIT',
    side: 'passive',
    meaning: 'The peer has closed and our own application has not called close().',
  },
  last_ack: {
    kernelNumber: 9,
    netstat: 'LAST_ACK',
    ss: 'LAST-ACK',
    side: 'passive',
    meaning: 'The peer closed first, then we did; we wait for the last acknowledgement.',
  },
  closed: {
    kernelNumber: 7,
    netstat: 'CLOSE',
    ss: 'UNCONN',
    side: 'none',
    meaning: 'A socket without a connection.',
  },
  unknown: {
    kernelNumber: null,
    netstat: 'UNKNOWN',
    ss: 'UNKNOWN',
    side: 'none',
    meaning: 'The source named a state that Closewatch does not know.',
  },
};

/** TCP_NEW_SYN_RECV: a request that has no full socket yet; people and tools call it SYN_RECV. */
const NEW_SYN_RECV = 12;

const BY_KERNEL_NUMBER: ReadonlyMap<number, TcpState> = new Map([
  ...TCP_STATES.flatMap((state): [number, TcpState][] => {
    const { kernelNumber } = TCP_STATE_FACTS[state];
    return kernelNumber === null ? [] : [[kernelNumber, state]];
  }),
  [NEW_SYN_RECV, 'syn_received'],
]);

/** The state of a number from the kernel (include/net/tcp_states.h); `unknown` for a number that has none. */
export function tcpStateFromKernel(kernelNumber: number): TcpState {
  return BY_KERNEL_NUMBER.get(kernelNumber) ?? 'unknown';
}

/**
 * Spellings that are not just another separator or case: ss, Prometheus (node_exporter), cAdvisor, lsof, the BSDs,
 * macOS, Windows, Solaris, the MIB of RFC 4022, Go and Java libraries. Keys are folded by {@link foldSpelling}.
 */
const OTHER_SPELLINGS: Readonly<Record<string, TcpState>> = {
  estab: 'established',
  synrecv: 'syn_received',
  synrcvd: 'syn_received',
  newsynrecv: 'syn_received',
  close: 'closed',
  unconn: 'closed',
  unconnected: 'closed',
  idle: 'closed',
  bound: 'closed',
  boundinactive: 'closed',
  deletetcb: 'closed',
  listening: 'listen',
  timewait: 'time_wait',
  timedwait: 'time_wait',
};

const BY_SPELLING: ReadonlyMap<string, TcpState> = new Map<string, TcpState>([
  ...TCP_STATES.map((state): [string, TcpState] => [foldSpelling(state), state]),
  ...Object.entries(OTHER_SPELLINGS),
]);

function foldSpelling(spelling: string): string {
  return spelling
    .trim()
    .toLowerCase()
    .replace(/^tcp_/, '')
    .replaceAll(/[\s_-]/g, '');
}

/**
 * The state a common tool means: `CLOSE_WAIT`, `CLOSE-WAIT`, `closewait`, `ESTAB`, `FIN_WAIT2`, `SYN_RCVD` ...
 * Returns undefined for anything else, so that a caller can tell a heading from a state.
 */
export function parseTcpState(spelling: string): TcpState | undefined {
  return BY_SPELLING.get(foldSpelling(spelling));
}
