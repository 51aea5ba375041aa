import { type IncidentEvidence, type PeerEnd, type TwoEnds, TwoEndsSchema } from '@closewatch/protocol';

const UNTOLD: PeerEnd = { hostId: null, hostname: null, netns: null, state: 'unknown', ground: 'no_host', asOf: null };

/**
 * Evidence as somebody may read it. Other ends are stored with the names of their hosts, whoever may know of these; those of
 * a host (agentId) that `mayTell` denies are told as if it did not report.
 */
export function toldEvidence(
  evidence: readonly IncidentEvidence[],
  mayTell: (hostId: string) => boolean,
): IncidentEvidence[] {
  return evidence.map((one) => {
    if (one.kind !== 'two_ends') return one;
    const { success, data } = TwoEndsSchema.safeParse(one.content);
    return success ? { ...one, content: toldEnds(data, mayTell) } : one;
  });
}

function toldEnds({ states, items, oldTuples }: TwoEnds, mayTell: (hostId: string) => boolean): TwoEnds {
  const isHidden = ({ peerEnd: { hostId } }: TwoEnds['items'][number]): boolean => hostId !== null && !mayTell(hostId);
  const hidden = items.filter(isHidden);
  if (hidden.length === 0) return { states, items, oldTuples };
  const told = { ...states };
  for (const { peerEnd } of hidden) {
    told[peerEnd.state]--;
    told.unknown++;
  }
  const tupleOf = ({ local, peer }: Pick<TwoEnds['items'][number], 'local' | 'peer'>): string =>
    JSON.stringify([local.address, local.port, peer.address, peer.port]);
  const tuples = new Set(hidden.map(tupleOf));
  return {
    states: told,
    items: items.map((item) => (isHidden(item) ? { ...item, peerEnd: UNTOLD } : item)),
    oldTuples: oldTuples.filter((tuple) => !tuples.has(tupleOf(tuple))),
  };
}
