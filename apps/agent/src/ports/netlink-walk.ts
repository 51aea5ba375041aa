import { Pacer } from '../pacer.ts';
import { AT, AF_INET6, LITTLE_ENDIAN } from '../sockets/diag-format.ts';
import { DiagMessages, type DumpProgress } from '../sockets/diag-messages.ts';
import { STATES_ASKED, dumpRequest } from '../sockets/diag-requests.ts';
import { DiagChannel, errnoName } from '../sockets/libc.ts';
import { type PortTally } from './port-tally.ts';
import { restWhenDue, type PortWalk } from './port-walk.ts';
import { LISTEN, TIME_WAIT } from './states.ts';
import { MAPPED, TUPLE } from './tuple.ts';

const BUFFER_BYTES = 64 * 1024;
const ATTEMPTS = 2;
const SEQUENCE = 1;
const ALL_BUT_LISTEN = (STATES_ASKED | (1 << TIME_WAIT)) & ~(1 << LISTEN);

/** Through netlink, on a channel of its own: the walk goes on while the sampler asks for other things. */
export const walkByNetlink: PortWalk = async (begin, signal) => {
  const pacer = new Pacer();
  let why = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const tally = begin();
    const progress = await dumpInto(tally, pacer, signal);
    if (progress.kind === 'done') return { tally, busyMs: pacer.busyMs };
    if (progress.kind === 'refused') throw new Error(`the kernel refuses: ${errnoName(progress.errno)}`);
    why = progress.kind === 'spoiled' ? progress.why : 'no end';
  }
  throw new Error(`${ATTEMPTS} dumps in a row were spoiled, the last by ${why}`);
};

async function dumpInto(tally: PortTally, pacer: Pacer, signal: AbortSignal): Promise<DumpProgress> {
  const messages = socketsInto(tally, SEQUENCE);
  const buffer = new Uint8Array(BUFFER_BYTES);
  const channel = new DiagChannel();
  try {
    channel.send(dumpRequest(SEQUENCE, ALL_BUT_LISTEN));
    for (;;) {
      const length = channel.receive(buffer);
      if (length === 0) return { kind: 'spoiled', why: 'an empty answer' };
      const progress = messages.add(buffer.subarray(0, length));
      if (progress.kind !== 'more') return progress;
      await restWhenDue(pacer, signal);
    }
  } finally {
    channel.close();
  }
}

/** Counts the sockets of the answer to the request with that sequence number. */
export function socketsInto(tally: PortTally, sequence: number): DiagMessages {
  return new DiagMessages(sequence, (bytes, view, offset) => {
    const state = bytes[offset + AT.state] ?? 0;
    const localPort = portAt(bytes, offset + AT.localPort);
    if (!tally.wants(state, localPort)) return;
    const { tuple } = tally;
    const isIpv6 = bytes[offset + AT.family] === AF_INET6;
    copyAddress(tuple, TUPLE.localAddress, view, offset + AT.localAddress, isIpv6);
    copyAddress(tuple, TUPLE.peerAddress, view, offset + AT.peerAddress, isIpv6);
    tuple[TUPLE.peerPort] = portAt(bytes, offset + AT.peerPort);
    tuple[TUPLE.localPort] = localPort;
    tally.add(state);
  });
}

function copyAddress(tuple: Int32Array, to: number, view: DataView, from: number, isIpv6: boolean): void {
  if (isIpv6) {
    for (let i = 0; i < 4; i++) tuple[to + i] = view.getInt32(from + 4 * i, LITTLE_ENDIAN);
    return;
  }
  tuple[to] = 0;
  tuple[to + 1] = 0;
  tuple[to + 2] = MAPPED;
  tuple[to + 3] = view.getInt32(from, LITTLE_ENDIAN);
}

function portAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
