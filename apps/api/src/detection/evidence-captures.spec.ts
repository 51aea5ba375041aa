import { describe, expect, it } from '@jest/globals';
import { type Capture, capturesToDrop, isToBeCaptured, MOST_CAPTURES } from './evidence-captures.ts';

const MINUTE_MS = 60_000;
const capture = (minute: number, value: number, because: Capture['because'] = 'escalated'): Capture => ({
  at: minute * MINUTE_MS,
  because,
  value,
});

describe('captures of evidence', () => {
  it('come once in a quarter of an hour for each cause', () => {
    const known = [capture(0, 5, 'opened'), capture(2, 9, 'escalated')];
    expect(isToBeCaptured(known, 'escalated', 16 * MINUTE_MS)).toBe(false);
    expect(isToBeCaptured(known, 'escalated', 17 * MINUTE_MS)).toBe(true);
    expect(isToBeCaptured(known.slice(0, 1), 'escalated', 2 * MINUTE_MS)).toBe(true);
  });

  it('are few: the first stays, the worst, and the newest', () => {
    const values = [5, 9, 90, 9, 9, 9, 9, 9];
    const known = values.map((value, index) => capture(index * 20, value));
    const dropped = capturesToDrop(known);
    expect(dropped).toEqual([known[1], known[3]]);
    expect(known.length - dropped.length).toBe(MOST_CAPTURES);
    expect(capturesToDrop(known.slice(0, MOST_CAPTURES))).toEqual([]);
  });

  it('are few as well where the first is the worst', () => {
    const known = Array.from({ length: 20 }, (_, index) => capture(index * 20, 20 - index));
    const kept = known.filter((one) => !capturesToDrop(known).includes(one));
    expect(kept).toEqual([known[0], ...known.slice(-MOST_CAPTURES + 1)]);
  });
});
