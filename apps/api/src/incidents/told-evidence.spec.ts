import { describe, expect, it } from '@jest/globals';
import { type IncidentEvidence, type TwoEnds } from '@closewatch/protocol';
import { toldEvidence } from './told-evidence.ts';

const [SEEN, HIDDEN] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

function item(port: number, hostId: string, state: 'gone' | 'fin_wait_2'): TwoEnds['items'][number] {
  const asOf = '2026-11-22T18:00:00.000Z';
  return {
    socketId: `socket-${port}`,
    local: { address: '192.0.2.1', port: 443 },
    peer: { address: '198.51.100.7', port },
    peerEnd: { hostId, hostname: `host-${hostId.at(-1)}`, netns: 0, state, ground: 'seen', asOf },
  };
}

const items = [item(1, SEEN, 'fin_wait_2'), item(2, HIDDEN, 'gone'), item(3, SEEN, 'gone')];
const content: TwoEnds = {
  states: { fin_wait_1: 0, fin_wait_2: 1, close_wait: 0, gone: 2, unknown: 0 },
  items,
  oldTuples: items.slice(1).map(({ local, peer }) => ({ local, peer, stillUsed: 1, asOf: null })),
};
const evidence = [{ number: 0, capturedAt: '', kind: 'two_ends', content }] as unknown as IncidentEvidence[];

describe('the other ends in the evidence of an incident', () => {
  it('are told whole to whoever may know of all hosts', () => {
    expect(toldEvidence(evidence, () => true)).toEqual(evidence);
  });

  it('are not known where somebody may not know of their host: no name, no state, no old tuple', () => {
    const [told] = toldEvidence(evidence, (hostId) => hostId === SEEN);
    const { states, items: ends, oldTuples } = told?.content as TwoEnds;
    expect(states).toEqual({ fin_wait_1: 0, fin_wait_2: 1, close_wait: 0, gone: 1, unknown: 1 });
    expect(ends.map(({ peerEnd: { hostId, state } }) => [hostId, state])).toEqual([
      [SEEN, 'fin_wait_2'],
      [null, 'unknown'],
      [SEEN, 'gone'],
    ]);
    expect(oldTuples.map(({ peer }) => peer.port)).toEqual([3]);
    expect(JSON.stringify(told)).not.toContain('host-2');
  });
});
