import { describe, expect, it } from '@jest/globals';
import { SettlingVerdicts } from './settling-verdicts.ts';

const SECOND = 1_000;
const BEGIN = 1_800_000_000_000;

/** Whether a verdict is settled at each of some looks, so many seconds after BEGIN. */
function settled(verdicts: SettlingVerdicts, ...looks: number[]): boolean[] {
  return looks.map((seconds) => {
    const at = BEGIN + seconds * SECOND;
    verdicts.looks(at);
    return verdicts.isSettled('leak key', 'stopped', at);
  });
}

describe('another verdict', () => {
  it('settles when it has stood for half a minute', () => {
    expect(settled(new SettlingVerdicts(), 0, 10, 25, 30)).toEqual([false, false, false, true]);
  });

  it.each([60, 300, 1_200])('settles by the next look at a host that is looked at every %d s', (seconds) => {
    const looks = [0, 1, 2, 3].map((look) => look * seconds);
    expect(settled(new SettlingVerdicts(), ...looks)).toEqual([false, true, true, true]);
  });

  it('begins anew when yet another one was found', () => {
    const verdicts = new SettlingVerdicts();
    expect(settled(verdicts, 0, 20)).toEqual([false, false]);
    expect(verdicts.isSettled('leak key', 'code_leak', BEGIN + 25 * SECOND)).toBe(false);
    expect(settled(verdicts, 30, 45, 60)).toEqual([false, false, true]);
  });

  it('is forgotten when it was not found for a minute, or its host not heard for long', () => {
    const verdicts = new SettlingVerdicts();
    settled(verdicts, 0, 5);
    for (let seconds = 10; seconds <= 70; seconds += 5) verdicts.looks(BEGIN + seconds * SECOND);
    expect(settled(verdicts, 75, 80, 105)).toEqual([false, false, true]);
    expect(settled(verdicts, 110, 3_710)).toEqual([true, false]);
  });
});
