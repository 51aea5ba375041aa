import { describe, expect, it } from '@jest/globals';
import { oldTupleOf, peerEndOf } from './peer-end.ts';
import { type AskedTuple, mirroredTuple, tupleKey, type Witness } from './witness.ts';

const NOW = 1_800_000_000_000;
const ASKING = { hostId: 1, netns: 0, now: NOW };
const asked: AskedTuple = {
  local: { address: '10.0.0.1', port: 8_080 },
  peer: { address: '10.0.0.2', port: 51_234 },
  direction: 'inbound',
  openedBefore: NOW - 120_000,
};
const mirror = mirroredTuple(asked);

/** Another host that has the peer's address and told of its closing sockets ten seconds ago. */
function witness(overrides: Partial<Witness> = {}): Witness {
  return {
    ...{ hostId: 2, id: 'agent-2', hostname: 'client-2', labels: {}, netns: 0, self: false },
    ...{ addresses: new Set(['10.0.0.2']), finWaitsAt: NOW - 10_000, cut: false, finWait1: [], finWait2: [] },
    ...{ closeWait: new Map(), uses: [], usesAt: null },
    ...overrides,
  };
}
const stateOf = (...witnesses: Witness[]) => peerEndOf(asked, witnesses, ASKING);

describe('the other end', () => {
  it.each([
    ['fin_wait_1', { finWait1: [mirror] }],
    ['fin_wait_2', { finWait2: [mirror] }],
    ['close_wait', { closeWait: new Map([[tupleKey(mirror), NOW - 1_000]]) }],
  ] as const)('is in %s where the host with its address told so', (state, told) => {
    expect(stateOf(witness(told))).toMatchObject({ hostId: 'agent-2', hostname: 'client-2', state, ground: 'seen' });
  });

  it('is gone where that host tells of all its closing sockets, and not of this', () => {
    const other = { ...mirror, local: { ...mirror.local, port: 51_235 } };
    expect(stateOf(witness({ finWait2: [other] }))).toEqual({
      hostId: 'agent-2',
      hostname: 'client-2',
      netns: 0,
      state: 'gone',
      ground: 'not_there',
      asOf: new Date(NOW - 10_000).toISOString(),
    });
  });

  it.each([
    ['no_host', []],
    ['no_host', [witness({ addresses: new Set(['10.0.0.3']), finWait2: [mirror] })]],
    ['several_hosts', [witness(), witness({ hostId: 3, id: 'agent-3' })]],
    ['not_told', [witness({ finWaitsAt: null })]],
    ['too_old', [witness({ finWaitsAt: NOW - 130_000 })]],
    ['too_many', [witness({ cut: true })]],
  ] as const)('is not known because of %s', (ground, witnesses) => {
    expect(stateOf(...witnesses)).toMatchObject({ state: 'unknown', ground });
  });

  it('is no longer in FIN_WAIT_2 when that was told long ago, and what is gone stays gone', () => {
    const old = { ...asked, openedBefore: NOW - 3_600_000 };
    const at = { finWaitsAt: NOW - 600_000 };
    expect(peerEndOf(old, [witness({ ...at, finWait2: [mirror] })], ASKING)).toMatchObject({ state: 'unknown' });
    expect(peerEndOf(old, [witness(at)], ASKING)).toMatchObject({ state: 'gone' });
  });

  it('of a loopback connection is on the same host, in the same namespace', () => {
    const local = { ...asked, local: { address: '127.0.0.1', port: 8_080 }, peer: { address: '127.0.0.1', port: 9 } };
    const self = witness({ hostId: 1, id: 'agent-1', self: true, finWait2: [mirroredTuple(local)] });
    const foreign = witness({ addresses: new Set(['127.0.0.1']), finWait2: [mirroredTuple(local)] });
    expect(peerEndOf(local, [foreign, self], ASKING)).toMatchObject({ hostId: 'agent-1', state: 'fin_wait_2' });
    expect(peerEndOf(local, [foreign], ASKING)).toMatchObject({ state: 'unknown', ground: 'no_host' });
  });

  it('of a container is found by its port where its host speaks for it', () => {
    const tuple = { ...mirror, local: { address: '172.17.0.2', port: 51_234 } };
    const container = witness({ netns: 4, addresses: new Set(['172.17.0.2']), finWait2: [tuple] });
    expect(stateOf(witness(), container)).toMatchObject({ netns: 4, state: 'fin_wait_2', ground: 'seen_translated' });
  });

  it('of a container whose port is published is not called gone: the peer knows it by another address', () => {
    const asking = { ...ASKING, netns: 3 };
    expect(peerEndOf(asked, [witness()], asking)).toMatchObject({ state: 'unknown', ground: 'translated' });
    const direct = witness({ uses: [{ localAddress: '10.0.0.2', peer: asked.local, used: 3 }] });
    expect(peerEndOf(asked, [direct], asking)).toMatchObject({ state: 'gone' });
    const published = { ...mirror, peer: { address: '192.0.2.9', port: 80 } };
    expect(peerEndOf(asked, [witness({ finWait2: [published] })], asking)).toMatchObject({
      state: 'fin_wait_2',
      ground: 'seen_translated',
    });
  });

  it('is looked for on the same host first', () => {
    const neighbour = witness({ hostId: 1, id: 'agent-1', netns: 2 });
    expect(stateOf(witness(), neighbour)).toMatchObject({ hostId: 'agent-1', netns: 2, state: 'gone' });
  });
});

describe('a tuple that outlived its other end', () => {
  const uses = [{ localAddress: '10.0.0.2', peer: asked.local, used: 7 }];
  const gone = (told: Partial<Witness>) => [stateOf(witness(told)), [witness(told)]] as const;

  it('may block new connections while the peer goes on connecting', () => {
    const told = { uses, usesAt: NOW - 10_000 };
    expect(oldTupleOf(asked, ...gone(told), false)).toEqual({
      peer: asked.peer,
      local: asked.local,
      stillUsed: 7,
      asOf: new Date(NOW - 10_000).toISOString(),
    });
    expect(oldTupleOf(asked, ...gone({}), true)).toMatchObject({ stillUsed: null });
  });

  it('blocks nothing where the peer is there, does not come back, or was dialled', () => {
    expect(oldTupleOf(asked, ...gone({ uses, finWait2: [mirror] }), true)).toBeNull();
    expect(oldTupleOf(asked, ...gone({}), false)).toBeNull();
    expect(oldTupleOf({ ...asked, direction: 'outbound' }, ...gone({ uses }), true)).toBeNull();
  });
});
