import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chosenForTurn, roundMs, type TurnHistory } from './sampling-turns.ts';

const TICK_MS = 5_000;

interface Named extends TurnHistory {
  readonly name: string;
}

function history(name: string, facts: Partial<TurnHistory> = {}): Named {
  return { name, looks: 2, sampledAt: 0, changedAt: 0, costMs: 4, ...facts };
}

function chosen(all: readonly Named[], now: number, intervalMs = 30_000): string[] {
  return chosenForTurn(all, now, intervalMs, TICK_MS).map(({ name }) => name);
}

describe('the round through other namespaces', () => {
  it('takes half a minute while they are few, or as long as a tick', () => {
    expect(roundMs([], TICK_MS)).toBe(30_000);
    expect(roundMs([history('a'), history('b')], TICK_MS)).toBe(30_000);
    expect(roundMs([history('a')], 300_000)).toBe(300_000);
  });

  it('takes up to a minute where looks are dear: a tenth of a percent of a CPU is wanted', () => {
    expect(roundMs([history('beside many', { costMs: 45 })], TICK_MS)).toBe(45_000);
    expect(roundMs([history('a', { costMs: 60 }), history('b', { costMs: 60 })], TICK_MS)).toBe(60_000);
  });

  it('takes as long as keeps it at a quarter of a percent of a CPU, up to the longest interval', () => {
    const sixtyFour = Array.from({ length: 64 }, (_, index) => history(String(index)));
    expect(roundMs(sixtyFour, TICK_MS)).toBe((64 * 4) / 0.0025);
    expect(roundMs([history('huge', { costMs: 60_000 })], TICK_MS)).toBe(3_600_000);
  });

  it('comes to nobody before it is over, give or take half a tick', () => {
    const all = [history('a', { sampledAt: 10_000 })];
    expect(chosen(all, 37_000)).toEqual([]);
    expect(chosen(all, 37_500)).toEqual(['a']);
  });

  it('does not make the second look wait, for a leak counts from there', () => {
    expect(chosen([history('new', { looks: 1, sampledAt: 10_000 })], 15_000)).toEqual(['new']);
  });

  it('takes new ones first, then who waited for two rounds, then what changed last', () => {
    const all = [
      history('quiet', { sampledAt: 60_000 }),
      history('starved', { sampledAt: 20_000 }),
      history('changed', { sampledAt: 60_000, changedAt: 60_000 }),
      history('new', { looks: 0 }),
    ];
    expect(chosen(all, 100_000)).toEqual(['new', 'starved', 'changed', 'quiet']);
  });

  it('is spread over its ticks, and comes to everybody within a tick of its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 20 }), (many, busy) => {
        const all = Array.from({ length: many }, (_, index) => ({ ...history(String(index), { looks: 0 }) }));
        let mostAtOnce = 0;
        let longest = 0;
        const atOnce = Math.max(4, Math.ceil(many / 6));
        for (let now = 0; now <= 600_000; now += TICK_MS) {
          const turn = chosenForTurn(all, now, 30_000, TICK_MS);
          mostAtOnce = Math.max(mostAtOnce, turn.length);
          for (const one of turn) {
            // Some change with every look: they must not keep the quiet ones from their turn.
            Object.assign(one, { looks: one.looks + 1, sampledAt: now });
            if (Number(one.name) < busy) Object.assign(one, { changedAt: now });
          }
          if (now > 120_000) longest = Math.max(longest, ...all.map(({ sampledAt }) => now - sampledAt));
        }
        expect(mostAtOnce).toBeLessThanOrEqual(atOnce);
        expect(longest).toBeLessThanOrEqual(65_000);
      }),
      { numRuns: 30 },
    );
  });
});
