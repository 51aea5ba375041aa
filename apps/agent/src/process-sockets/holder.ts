import { type Process, type ProcessSockets } from '@closewatch/protocol';
import { tcpStateFromKernel } from '@closewatch/socket-states';
import { DescriptorUse } from '../evidence/descriptor-use.ts';

/** States have numbers up to TCP_NEW_SYN_RECV (12) and TCP_BOUND_INACTIVE (13). */
const STATE_NUMBERS = 16;

/** A process that holds sockets of this network namespace, from turn to turn. */
export class Holder {
  readonly process: Process;
  readonly startTicks: number;
  readonly descriptorUse: DescriptorUse;
  /** Descriptors that were followed to sockets: descriptor → inode. */
  readonly descriptors = new Map<number, number>();
  /** Itself alone: shared by all sockets that nobody else holds, so that they make no list each. */
  readonly alone: readonly Holder[] = [this];
  /** Its sockets of this turn, by the kernel's number of their state. */
  readonly counts = new Uint32Array(STATE_NUMBERS);
  /** It has exited. */
  gone = false;
  /** It is among those that this turn tells of. */
  listed = false;

  /** `folder` is /proc/PID. */
  constructor(process: Process, startTicks: number, folder: string) {
    this.process = process;
    this.startTicks = startTicks;
    this.descriptorUse = new DescriptorUse(folder);
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** {@link counts} by the protocol's names; a state without sockets is left out. */
  countsByState(): ProcessSockets['counts'] {
    const named: ProcessSockets['counts'] = {};
    for (const [number, count] of this.counts.entries()) {
      if (count === 0) continue;
      const state = tcpStateFromKernel(number);
      named[state] = (named[state] ?? 0) + count;
    }
    return named;
  }

  /** `state`: the kernel's number; one that is not known counts as 0. */
  count(state: number): void {
    const at = state < STATE_NUMBERS ? state : 0;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

/** Who holds each socket, by its inode; nobody for those that are there and nobody is known to hold. */
export type Holdings = Map<number, readonly Holder[]>;

/** A descriptor of `holder` leads to the socket; where it led to another one before, it does no longer. */
export function noteDescriptor(holdings: Holdings, holder: Holder, descriptor: number, inode: number): void {
  const before = holder.descriptors.get(descriptor);
  if (before !== undefined && before !== inode) noteClosed(holdings, holder, before);
  holder.descriptors.set(descriptor, inode);
  const holders = holdings.get(inode) ?? [];
  if (holders.length === 0) holdings.set(inode, holder.alone);
  else if (!holders.includes(holder)) holdings.set(inode, [...holders, holder]);
}

/** `holder` no longer holds the socket. */
export function noteClosed(holdings: Holdings, holder: Holder, inode: number): void {
  const holders = holdings.get(inode);
  if (holders === undefined || !holders.includes(holder)) return;
  holdings.set(
    inode,
    holders.filter((one) => one !== holder),
  );
}
