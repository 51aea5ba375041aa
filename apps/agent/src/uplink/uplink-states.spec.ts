import { describe, expect, it } from '@jest/globals';
import {
  nextStep,
  type Pending,
  type Pushed,
  type Refusal,
  type UplinkEvent,
  type UplinkState,
  type UplinkStep,
} from './uplink-states.ts';

const POLICY = {
  batch: 200,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  slowPauseMs: 45_000,
  spreadMs: 10_000,
  restMs: 2_000,
};

const idle = { name: 'idle', batch: 200, backlog: 'ready' } as const;
const newest = { name: 'sending', what: 'newest', batch: 200, failures: 0, backlog: 'ready' } as const;
const backlog = { ...newest, what: 'backlog' } as const;
const waiting = { name: 'waiting', batch: 200, failures: 1, backlog: 'held' } as const;
const stopped = { name: 'stopped' } as const;
const held = { backlog: 'held' } as const;
const resting = { backlog: 'resting' } as const;

const nothing: Pending = { newest: false, backlog: false };
const onlyNewest: Pending = { newest: true, backlog: false };
const onlyBacklog: Pending = { newest: false, backlog: true };
const both: Pending = { newest: true, backlog: true };

const send = (what: Pushed, batch = 200) => ({ do: 'send', what, batch }) as const;
const wait = (ms: number) => ({ do: 'wait', ms }) as const;
const rest = (ms: number) => ({ do: 'rest', ms }) as const;
const drop = { do: 'drop' } as const;
const accepted = (tookMs = 10): UplinkEvent => ({ name: 'accepted', tookMs });
const refused = (as: Refusal, more: { sent?: number; retryAfterMs?: number } = {}): UplinkEvent => ({
  name: 'refused',
  as,
  sent: 1,
  ...more,
});

type Row = readonly [state: UplinkState, event: UplinkEvent, pending: Pending, expected: UplinkStep];
const stays = (state: UplinkState): UplinkStep => ({ state, effects: [] });

/** With chance 1: pauses and rests at their longest. */
const TABLE: readonly Row[] = [
  // What comes is sent at once, the newest before the backlog.
  [idle, { name: 'queued' }, onlyNewest, { state: newest, effects: [send('newest')] }],
  [idle, { name: 'queued' }, both, { state: newest, effects: [send('newest')] }],
  [idle, { name: 'queued' }, nothing, stays(idle)],
  [{ ...idle, ...held }, { name: 'queued' }, onlyBacklog, stays({ ...idle, ...held })],
  [idle, { name: 'elapsed' }, both, stays(idle)],
  [idle, accepted(), both, stays(idle)],
  [idle, refused('busy'), both, stays(idle)],
  [idle, { name: 'stop' }, both, stays(stopped)],

  // Between two of the newest the backlog goes, when it has rested.
  [newest, accepted(), nothing, stays(idle)],
  [newest, accepted(), onlyNewest, { state: newest, effects: [send('newest')] }],
  [newest, accepted(), onlyBacklog, { state: backlog, effects: [send('backlog')] }],
  [{ ...newest, ...resting }, accepted(), onlyBacklog, stays({ ...idle, ...resting })],
  [{ ...newest, ...resting }, { name: 'rested' }, both, stays(newest)],
  [{ ...idle, ...resting }, { name: 'rested' }, onlyBacklog, { state: backlog, effects: [send('backlog')] }],
  [{ ...idle, ...resting }, { name: 'rested' }, nothing, stays(idle)],
  [{ ...idle, ...held }, { name: 'rested' }, both, stays({ ...idle, ...held })],
  [newest, { name: 'queued' }, both, stays(newest)],
  [newest, { name: 'stop' }, both, stays(stopped)],

  // It begins some time after the server takes the newest again.
  [{ ...newest, ...held }, accepted(), onlyBacklog, { state: { ...idle, ...resting }, effects: [rest(10_000)] }],
  [
    { ...newest, ...held },
    accepted(),
    both,
    { state: { ...newest, ...resting }, effects: [rest(10_000), send('newest')] },
  ],
  [{ ...newest, ...held }, accepted(), nothing, stays(idle)],

  // After each push it rests, as long as that took at the least.
  [backlog, accepted(), onlyBacklog, { state: { ...idle, ...resting }, effects: [rest(3_000)] }],
  [backlog, accepted(8_000), onlyBacklog, { state: { ...idle, ...resting }, effects: [rest(12_000)] }],
  [backlog, accepted(), both, { state: { ...newest, ...resting }, effects: [rest(3_000), send('newest')] }],
  [backlog, accepted(), nothing, stays(idle)],
  [{ ...backlog, batch: 50, failures: 3 }, accepted(), nothing, stays({ ...idle, batch: 100 })],

  // A server that is away or busy is left alone, ever longer; then comes the newest, and the backlog after it.
  [newest, refused('unreachable'), both, { state: waiting, effects: [wait(1_000)] }],
  [
    { ...newest, failures: 3 },
    refused('unreachable'),
    both,
    { state: { ...waiting, failures: 4 }, effects: [wait(8_000)] },
  ],
  [
    { ...newest, failures: 500 },
    refused('unreachable'),
    both,
    { state: { ...waiting, failures: 501 }, effects: [wait(60_000)] },
  ],
  [newest, refused('busy'), both, { state: waiting, effects: [wait(1_000)] }],
  [newest, refused('busy', { retryAfterMs: 10_000 }), both, { state: waiting, effects: [wait(11_000)] }],
  [newest, refused('busy', { retryAfterMs: 10 ** 12 }), both, { state: waiting, effects: [wait(990_000)] }],
  [backlog, refused('busy', { retryAfterMs: 10_000 }), both, { state: waiting, effects: [wait(11_000)] }],
  [waiting, { name: 'queued' }, both, stays(waiting)],
  [waiting, accepted(), both, stays(waiting)],
  [waiting, refused('busy'), both, stays(waiting)],
  [waiting, { name: 'rested' }, both, stays(waiting)],
  [waiting, { name: 'elapsed' }, both, { state: { ...newest, ...held, failures: 1 }, effects: [send('newest')] }],
  [waiting, { name: 'elapsed' }, onlyBacklog, stays({ ...idle, ...held })],
  [waiting, { name: 'stop' }, both, stays(stopped)],

  // Where only a person can help.
  [newest, refused('unauthorized'), both, { state: waiting, effects: [wait(45_000)] }],
  [newest, refused('malformed'), both, { state: waiting, effects: [wait(45_000)] }],
  [newest, refused('cloned'), both, { state: waiting, effects: [wait(45_000)] }],
  [newest, refused('wrong_version'), both, { state: waiting, effects: [wait(45_000)] }],
  [newest, refused('not_closewatch'), both, { state: waiting, effects: [wait(45_000)] }],

  // What is wrong with the backlog alone does not hold up the newest.
  [backlog, refused('cloned'), onlyBacklog, { state: { ...idle, ...resting }, effects: [rest(67_500)] }],
  [backlog, refused('malformed'), both, { state: { ...newest, ...resting }, effects: [rest(67_500), send('newest')] }],
  [
    backlog,
    refused('unreachable'),
    both,
    { state: { ...newest, ...resting }, effects: [rest(15_000), send('newest')] },
  ],

  // What is too large or bad is halved until it is found.
  [
    backlog,
    refused('too_large', { sent: 9 }),
    onlyBacklog,
    { state: { ...backlog, batch: 5 }, effects: [send('backlog', 5)] },
  ],
  [
    backlog,
    refused('bad_snapshot', { sent: 2 }),
    both,
    { state: { ...newest, batch: 1 }, effects: [send('newest', 1)] },
  ],
  [
    { ...backlog, batch: 1 },
    refused('bad_snapshot'),
    onlyBacklog,
    { state: { ...idle, ...resting, batch: 1 }, effects: [drop, rest(3_000)] },
  ],
  [
    newest,
    refused('bad_snapshot', { sent: 4 }),
    onlyNewest,
    { state: { ...backlog, batch: 2 }, effects: [{ do: 'set_aside' }, send('backlog', 2)] },
  ],
  [newest, refused('too_large'), onlyNewest, { state: { ...waiting, backlog: 'ready' }, effects: [drop, wait(1_000)] }],

  [stopped, { name: 'queued' }, both, stays(stopped)],
  [stopped, { name: 'elapsed' }, both, stays(stopped)],
  [stopped, { name: 'rested' }, both, stays(stopped)],
  [stopped, accepted(), both, stays(stopped)],
  [stopped, refused('busy'), both, stays(stopped)],
];

describe('the uplink', () => {
  it.each(TABLE)('%j + %j with %j', (state, event, pending, expected) => {
    expect(nextStep(state, event, pending, POLICY, 1)).toEqual(expected);
  });

  it('spreads its retries over the upper half of the pause', () => {
    const pauseBy = (chance: number) => nextStep(newest, refused('unreachable'), both, POLICY, chance).effects;
    expect(pauseBy(0)).toEqual([wait(500)]);
    expect(pauseBy(0.5)).toEqual([wait(750)]);
  });

  it('never comes back sooner than it was asked', () => {
    const asked = refused('busy', { retryAfterMs: 10_000 });
    expect(nextStep(newest, asked, both, POLICY, 0).effects).toEqual([wait(10_000)]);
  });

  it('spreads the beginnings of backlogs over all of the time, and their rests over half of it more', () => {
    const beginBy = (chance: number) => nextStep({ ...newest, ...held }, accepted(), onlyBacklog, POLICY, chance);
    expect([beginBy(0).effects, beginBy(0.3).effects]).toEqual([[rest(0)], [rest(3_000)]]);
    expect(nextStep(backlog, accepted(), onlyBacklog, POLICY, 0).effects).toEqual([rest(2_000)]);
  });
});
