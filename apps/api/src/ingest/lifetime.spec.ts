import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildConnection, buildSnapshot, iso } from '../testing/push-builder.ts';
import { connectionItem } from '../connections/connection-item.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { type Lifetime, lifetimeOf, merged } from './lifetime.ts';

const judge = new ConnectionJudge(NOTHING_TOLD);
const START = 1_800_000_000_000;
const at = (second: number): number => START + second * 1_000;
const second = fc.integer({ min: 0, max: 60 });

/** What one snapshot says of a connection; the brackets of two need not agree. */
const account = fc
  .record({ taken: second, first: second, seen: second, before: second, after: fc.option(second) })
  .map(({ taken, first, seen, before, after }) => {
    const [firstSeen, lastSeen] = [Math.min(first, seen), Math.max(first, seen)];
    const connection = buildConnection('socket-aaaa', at(firstSeen), {
      lastSeenAt: iso(at(lastSeen)),
      openedBefore: iso(at(before)),
      openedAfter: after === null ? null : iso(at(Math.min(after, before))),
    });
    return lifetimeOf(connection, buildSnapshot({ takenAt: iso(at(taken)) }), at(taken));
  });

const bounds = ({ openedAfter, openedBefore, firstSeenAt, lastSeenAt, listedAt }: Lifetime) => [
  openedAfter,
  openedBefore,
  firstSeenAt,
  lastSeenAt,
  listedAt,
];
const mergedAll = (accounts: readonly Lifetime[]): Lifetime => accounts.reduce((a, b) => merged(a, b));

describe('merged', () => {
  it('keeps openedAfter ≤ openedBefore ≤ firstSeenAt ≤ lastSeenAt, whatever the accounts say', () => {
    fc.assert(
      fc.property(fc.array(account, { minLength: 1, maxLength: 6 }), (accounts) => {
        const { openedAfter, openedBefore, firstSeenAt, lastSeenAt } = mergedAll(accounts);
        if (openedAfter !== null) expect(openedAfter).toBeLessThanOrEqual(openedBefore);
        expect(openedBefore).toBeLessThanOrEqual(firstSeenAt);
        expect(firstSeenAt).toBeLessThanOrEqual(lastSeenAt);
      }),
    );
  });

  it('gives the same bounds in any order, in any grouping, with any repeats', () => {
    const story = fc
      .array(account, { minLength: 1, maxLength: 6 })
      .chain((accounts) =>
        fc.tuple(
          fc.constant(accounts),
          fc.shuffledSubarray(accounts, { minLength: accounts.length }),
          fc.array(fc.constantFrom(...accounts), { maxLength: 3 }),
          fc.nat({ max: accounts.length - 1 }),
        ),
      );
    fc.assert(
      fc.property(story, ([accounts, shuffled, repeats, cut]) => {
        const groups = [[...repeats, ...shuffled.slice(0, cut)], shuffled.slice(cut)].filter((part) => part.length > 0);
        expect(bounds(mergedAll(groups.map(mergedAll)))).toEqual(bounds(mergedAll(accounts)));
      }),
    );
  });
});

describe('connectionItem', () => {
  it('never has a negative age, nor one that is less at most than at least', () => {
    fc.assert(
      fc.property(fc.array(account, { minLength: 1, maxLength: 4 }), second, (accounts, now) => {
        const { openedAfter, openedBefore } = mergedAll(accounts);
        const connection = buildConnection('socket-aaaa', openedBefore, {
          openedAfter: openedAfter === null ? null : iso(openedAfter),
        });
        const { atLeast, atMost } = connectionItem(connection, at(now), judge).ageSeconds;
        expect(atLeast).toBeGreaterThanOrEqual(0);
        if (atMost !== null) expect(atMost).toBeGreaterThanOrEqual(atLeast);
      }),
    );
  });
});
