import { describe, expect, it } from '@jest/globals';
import { nextStep, type Refusal, type UplinkEvent, type UplinkState, type UplinkStep } from './uplink-states.ts';

const POLICY = { batch: 200, firstPauseMs: 1_000, longestPauseMs: 60_000, slowPauseMs: 45_000 };

const idle: UplinkState = { name: 'idle', batch: 200 };
const sending: UplinkState = { name: 'sending', batch: 200, failures: 0 };
const waiting: UplinkState = { name: 'waiting', batch: 200, failures: 1 };
const stopped: UplinkState = { name: 'stopped' };

const send = { do: 'send' } as const;
const wait = (ms: number) => ({ do: 'wait', ms }) as const;
const refused = (as: Refusal, more: { sent?: number; retryAfterMs?: number } = {}): UplinkEvent => ({
  name: 'refused',
  as,
  sent: 200,
  ...more,
});

interface Row {
  state: UplinkState;
  event: UplinkEvent;
  expected: UplinkStep;
}

/** With chance 1: pauses at their longest. */
const TABLE: readonly Row[] = [
  { state: idle, event: { name: 'queued' }, expected: { state: sending, effects: [send] } },
  { state: idle, event: { name: 'elapsed' }, expected: { state: idle, effects: [] } },
  { state: idle, event: { name: 'accepted', left: 0 }, expected: { state: idle, effects: [] } },
  { state: idle, event: refused('busy'), expected: { state: idle, effects: [] } },
  { state: idle, event: { name: 'stop' }, expected: { state: stopped, effects: [] } },

  { state: sending, event: { name: 'queued' }, expected: { state: sending, effects: [] } },
  { state: sending, event: { name: 'elapsed' }, expected: { state: sending, effects: [] } },
  { state: sending, event: { name: 'accepted', left: 0 }, expected: { state: idle, effects: [] } },
  { state: sending, event: { name: 'accepted', left: 7 }, expected: { state: sending, effects: [send] } },
  { state: sending, event: { name: 'stop' }, expected: { state: stopped, effects: [] } },
  {
    state: { ...sending, batch: 50, failures: 3 },
    event: { name: 'accepted', left: 7 },
    expected: { state: { ...sending, batch: 100 }, effects: [send] },
  },
  { state: sending, event: refused('unreachable'), expected: { state: waiting, effects: [wait(1_000)] } },
  {
    state: { ...sending, failures: 3 },
    event: refused('unreachable'),
    expected: { state: { ...waiting, failures: 4 }, effects: [wait(8_000)] },
  },
  {
    state: { ...sending, failures: 500 },
    event: refused('unreachable'),
    expected: { state: { ...waiting, failures: 501 }, effects: [wait(60_000)] },
  },
  { state: sending, event: refused('busy'), expected: { state: waiting, effects: [wait(1_000)] } },
  {
    state: sending,
    event: refused('busy', { retryAfterMs: 10_000 }),
    expected: { state: waiting, effects: [wait(11_000)] },
  },
  {
    state: sending,
    event: refused('busy', { retryAfterMs: 10 ** 12 }),
    expected: { state: waiting, effects: [wait(990_000)] },
  },
  { state: sending, event: refused('unauthorized'), expected: { state: waiting, effects: [wait(45_000)] } },
  { state: sending, event: refused('malformed'), expected: { state: waiting, effects: [wait(45_000)] } },
  { state: sending, event: refused('cloned'), expected: { state: waiting, effects: [wait(45_000)] } },
  { state: sending, event: refused('wrong_version'), expected: { state: waiting, effects: [wait(45_000)] } },
  { state: sending, event: refused('not_closewatch'), expected: { state: waiting, effects: [wait(45_000)] } },
  {
    state: sending,
    event: refused('too_large', { sent: 9 }),
    expected: { state: { ...sending, batch: 5 }, effects: [send] },
  },
  {
    state: sending,
    event: refused('bad_snapshot', { sent: 2 }),
    expected: { state: { ...sending, batch: 1 }, effects: [send] },
  },
  {
    state: { ...sending, batch: 1 },
    event: refused('too_large', { sent: 1 }),
    expected: { state: { ...waiting, batch: 1 }, effects: [{ do: 'drop' }, wait(1_000)] },
  },
  {
    state: { ...sending, batch: 1 },
    event: refused('bad_snapshot', { sent: 1 }),
    expected: { state: { ...waiting, batch: 1 }, effects: [{ do: 'drop' }, wait(1_000)] },
  },

  { state: waiting, event: { name: 'queued' }, expected: { state: waiting, effects: [] } },
  { state: waiting, event: { name: 'accepted', left: 3 }, expected: { state: waiting, effects: [] } },
  { state: waiting, event: refused('busy'), expected: { state: waiting, effects: [] } },
  { state: waiting, event: { name: 'elapsed' }, expected: { state: { ...sending, failures: 1 }, effects: [send] } },
  { state: waiting, event: { name: 'stop' }, expected: { state: stopped, effects: [] } },

  { state: stopped, event: { name: 'queued' }, expected: { state: stopped, effects: [] } },
  { state: stopped, event: { name: 'elapsed' }, expected: { state: stopped, effects: [] } },
  { state: stopped, event: { name: 'accepted', left: 3 }, expected: { state: stopped, effects: [] } },
  { state: stopped, event: refused('busy'), expected: { state: stopped, effects: [] } },
];

describe('the uplink', () => {
  it.each(TABLE)('$state.name + $event.name $event.as → $expected.state.name', ({ state, event, expected }) => {
    expect(nextStep(state, event, POLICY, 1)).toEqual(expected);
  });

  it('spreads its retries over the upper half of the pause', () => {
    const pauseBy = (chance: number) => nextStep(sending, refused('unreachable'), POLICY, chance).effects;
    expect(pauseBy(0)).toEqual([wait(500)]);
    expect(pauseBy(0.5)).toEqual([wait(750)]);
  });

  it('never comes back sooner than it was asked', () => {
    expect(nextStep(sending, refused('busy', { retryAfterMs: 10_000 }), POLICY, 0).effects).toEqual([wait(10_000)]);
  });
});
