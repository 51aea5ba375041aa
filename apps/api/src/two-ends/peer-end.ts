import { type OldTuple, type PeerEnd, type PeerEndGround, type PeerEndState } from '@closewatch/protocol';
import { isoInstant } from '../time/clock.ts';
import { type AskedTuple, isSelf, mirroredTuple, sameEndpoint, type Tuple, tupleKey, type Witness } from './witness.ts';

/** What was seen longer ago need not be so any more: FIN_WAIT_2 of a closed socket ends after a minute (tcp_fin_timeout). */
const FRESH_MS = 5 * 60_000;

/** The namespace of the asking socket: behind an address of its own (a container) what peers see may be translated. */
export interface Asking {
  readonly hostId: number;
  readonly netns: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The other end of a connection as the witnesses tell it. Pure. */
export function peerEndOf(asked: AskedTuple, witnesses: readonly Witness[], asking: Asking): PeerEnd {
  const having = witnesses.filter((witness) =>
    isSelf(asked) ? witness.self : !witness.self && witness.addresses.has(asked.peer.address),
  );
  // Addresses of containers are the same on many hosts: a neighbour on the same host is meant before another's.
  const near = having.filter(({ hostId }) => hostId === asking.hostId);
  const may = near.length > 0 ? near : having;
  const wanted = mirroredTuple(asked);
  const fresh = witnesses.filter(({ finWaitsAt }) => finWaitsAt !== null && asking.now - finWaitsAt <= FRESH_MS);
  for (const witness of may) {
    const closeWaitAt = witness.closeWait.get(tupleKey(wanted));
    if (closeWaitAt !== undefined) return told(witness, 'close_wait', 'seen', closeWaitAt);
    if (!fresh.includes(witness)) continue;
    const state = stateOf(witness, (tuple) => sameTuple(tuple, wanted));
    if (state !== undefined) return told(witness, state, 'seen', witness.finWaitsAt);
  }
  const hosts = new Set(may.map(({ hostId }) => hostId));
  for (const witness of fresh.filter(({ hostId }) => hosts.has(hostId))) {
    const state = stateOf(witness, (tuple) => isTranslated(tuple, wanted, witness, asking));
    if (state !== undefined) return told(witness, state, 'seen_translated', witness.finWaitsAt);
  }
  return absent(asked, may, asking);
}

function absent(asked: AskedTuple, may: readonly Witness[], { netns }: Asking): PeerEnd {
  const [witness, second] = may;
  if (witness === undefined) return told(undefined, 'unknown', 'no_host', null);
  if (second !== undefined) return told(undefined, 'unknown', 'several_hosts', null);
  const { finWaitsAt } = witness;
  if (finWaitsAt === null) return told(witness, 'unknown', 'not_told', null);
  // What was there when it was told last, long ago, may have gone since.
  const wasThere = stateOf(witness, (tuple) => sameTuple(tuple, mirroredTuple(asked))) !== undefined;
  if (finWaitsAt <= asked.openedBefore || wasThere) return told(witness, 'unknown', 'too_old', finWaitsAt);
  if (witness.cut) return told(witness, 'unknown', 'too_many', finWaitsAt);
  if (netns !== 0 && !isSelf(asked) && !knows(witness, asked)) {
    return told(witness, 'unknown', 'translated', finWaitsAt);
  }
  return told(witness, 'gone', 'not_there', finWaitsAt);
}

/**
 * The tuple as one that may block new connections; null: it does not. Only what came in: who dialled chooses the port
 * anew, and may choose this one. Who was dialled does not, and our own kernel gives no port twice.
 */
export function oldTupleOf(
  asked: AskedTuple,
  peerEnd: PeerEnd,
  witnesses: readonly Witness[],
  /** Others of ours at the same endpoint from the same address, that came after it. */
  cameLater: boolean,
): OldTuple | null {
  if (asked.direction !== 'inbound' || peerEnd.state !== 'gone') return null;
  const { local, peer } = asked;
  const witness = witnesses.find(({ id, netns }) => id === peerEnd.hostId && netns === peerEnd.netns);
  const use = witness?.uses.find((one) => one.localAddress === peer.address && sameEndpoint(one.peer, local));
  if (use !== undefined && use.used > 0) {
    return { peer, local, stillUsed: use.used, asOf: instantOf(witness?.usesAt ?? null) };
  }
  return cameLater ? { peer, local, stillUsed: null, asOf: null } : null;
}

function stateOf({ finWait1, finWait2 }: Witness, is: (tuple: Tuple) => boolean): PeerEndState | undefined {
  if (finWait2.some(is)) return 'fin_wait_2';
  return finWait1.some(is) ? 'fin_wait_1' : undefined;
}

function sameTuple(a: Tuple, b: Tuple): boolean {
  return sameEndpoint(a.local, b.local) && sameEndpoint(a.peer, b.peer);
}

/**
 * Whether it may be the other end behind an address that was translated: our own, where we are a container whose port the
 * host publishes, or the peer's, where it is one and its host speaks for it, which keeps the port where it can.
 */
function isTranslated(tuple: Tuple, wanted: Tuple, witness: Witness, { netns }: Asking): boolean {
  const ours = netns !== 0 && sameEndpoint(tuple.local, wanted.local);
  const theirs = witness.netns !== 0 && tuple.local.port === wanted.local.port && sameEndpoint(tuple.peer, wanted.peer);
  return ours || theirs;
}

/** Whether it speaks to our end by the address that our end has. */
function knows({ uses, finWait1, finWait2 }: Witness, { local }: AskedTuple): boolean {
  return [...uses, ...finWait1, ...finWait2].some(({ peer }) => sameEndpoint(peer, local));
}

function told(witness: Witness | undefined, state: PeerEndState, ground: PeerEndGround, at: number | null): PeerEnd {
  const { id: hostId = null, hostname = null, netns = null } = witness ?? {};
  return { hostId, hostname, netns, state, ground, asOf: instantOf(at) };
}

function instantOf(at: number | null): string | null {
  return at === null ? null : isoInstant(at);
}
