import { TCP_STATES, type TcpState } from '@closewatch/socket-states';

/** About how many sockets a server has in each state, and by how much that changes from sample to sample at most. */
const LEVELS: Readonly<Record<TcpState, readonly [level: number, step: number]>> = {
  listen: [12, 0],
  syn_sent: [1, 1],
  syn_received: [1, 1],
  established: [400, 6],
  fin_wait_1: [2, 1],
  fin_wait_2: [5, 2],
  closing: [0, 0],
  time_wait: [150, 12],
  close_wait: [8, 1],
  last_ack: [1, 1],
  closed: [0, 0],
  unknown: [0, 0],
};

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Counts of one host that walk up and down; one host in ten leaks: its CLOSE_WAIT only grows. */
export class RandomCounts {
  private readonly random: () => number;
  private readonly leaks: boolean;
  private readonly counts: Record<TcpState, number>;

  constructor(host: number) {
    this.random = randomNumbers(host);
    this.leaks = host % 10 === 0;
    this.counts = Object.fromEntries(TCP_STATES.map((state) => [state, LEVELS[state][0]])) as Record<TcpState, number>;
  }

  /** The counts of the next sample; the same object each time. */
  next(): Readonly<Record<TcpState, number>> {
    for (const state of TCP_STATES) {
      const [level, step] = LEVELS[state];
      if (step === 0) continue;
      const up =
        state === 'close_wait' && this.leaks
          ? this.random() < 0.1
          : this.random() - (this.counts[state] > 2 * level ? 0.7 : 0.5);
      const change = typeof up === 'boolean' ? Number(up) : Math.round(up * 2 * step);
      this.counts[state] = Math.max(0, this.counts[state] + change);
    }
    return this.counts;
  }
}
