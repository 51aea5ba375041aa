import { describe, expect, it } from '@jest/globals';
import { ageBracket, type Sighting } from './age-bracket.ts';

const DAY = 86_400_000;

/** First seen at 100 s, asked at 105 s. */
function bracket(more: Partial<Sighting>) {
  return ageBracket({
    previousAt: 95_000,
    seenAt: 100_000,
    ages: undefined,
    askedAt: 105_000,
    uptimeMs: DAY,
    ...more,
  });
}

const ages = (lastDataReceivedMs: number, lastAckReceivedMs: number) => ({ lastDataReceivedMs, lastAckReceivedMs });

describe('the age bracket', () => {
  it('lies between two looks when nothing else is known', () => {
    expect(bracket({})).toEqual({ openedAfter: 95_000, openedBefore: 100_000 });
    expect(bracket({ previousAt: null })).toEqual({ openedAfter: null, openedBefore: 100_000 });
  });

  it('is what tcp_info tells of a socket that was there before us, a jiffy wider', () => {
    expect(bracket({ previousAt: null, ages: ages(65_000, 60_000) })).toEqual({
      openedAfter: 39_990,
      openedBefore: 45_010,
    });
  });

  it('takes the tighter end of each', () => {
    expect(bracket({ ages: ages(7_000, 6_000) })).toEqual({ openedAfter: 97_990, openedBefore: 99_010 });
    expect(bracket({ ages: ages(60_000, 6_000) })).toEqual({ openedAfter: 95_000, openedBefore: 99_010 });
    expect(bracket({ ages: ages(7_000, 0) })).toEqual({ openedAfter: 97_990, openedBefore: 100_000 });
  });

  it('believes tcp_info where the look before had missed the socket', () => {
    expect(bracket({ ages: ages(65_000, 60_000) })).toEqual({ openedAfter: 39_990, openedBefore: 45_010 });
  });

  it('believes our own eyes where tcp_info says it began after we saw it, or contradicts itself', () => {
    expect(bracket({ ages: ages(2_000, 1_000) })).toEqual({ openedAfter: 95_000, openedBefore: 100_000 });
    expect(bracket({ ages: ages(1_000, 9_000) })).toEqual({ openedAfter: 95_000, openedBefore: 100_000 });
  });

  it('has no lower bound where tcp_info may have started over, after 49.7 days', () => {
    const old = { previousAt: null, uptimeMs: 60 * DAY, ages: ages(65_000, 60_000) };
    expect(bracket(old)).toEqual({ openedAfter: null, openedBefore: 45_010 });
  });
});
