import { describe, expect, it } from '@jest/globals';
import { detectTimeWaitOverflow } from '../detectors/counter-detectors.ts';
import { type Detected, type Rule } from '../detectors/detection.ts';
import { detectClockSkew, detectHostSilent, detectHostStarved } from '../detectors/host-detectors.ts';
import { detectSynFlood } from '../detectors/syn-flood-detector.ts';
import { detectThreshold } from '../detectors/threshold-detector.ts';
import { DEFAULT_THRESHOLDS } from '../detectors/thresholds.ts';
import { BEGIN, IncidentStory } from '../testing/incident-story.ts';

const MINUTE = 60_000;
const STEP_MS = 10_000;
/** It is bad from here to there, and worse with each minute; then all is well. */
const [BAD_FROM, BAD_UNTIL, END] = [BEGIN + 10 * MINUTE, BEGIN + 40 * MINUTE, BEGIN + 70 * MINUTE];

/** How bad it is, in minutes. */
const badness = (at: number): number => (at < BAD_FROM || at >= BAD_UNTIL ? 0 : 1 + (at - BAD_FROM) / MINUTE);
/** Samples of the last hour. */
function samplesOf<Sample>(at: number, sampleOf: (at: number) => Sample): (Sample & { at: number })[] {
  const count = Math.floor((at - BEGIN) / STEP_MS);
  return Array.from({ length: count + 1 }, (_, index) => {
    const then = BEGIN + index * STEP_MS;
    return { at: then, ...sampleOf(then) };
  });
}
/** What a counter has come to that rises by as much as it is bad. */
const counted = (at: number): number => {
  let sum = 7;
  for (let then = BAD_FROM; then <= Math.min(at, BAD_UNTIL); then += STEP_MS) sum += badness(then) * 100;
  return sum;
};

const { hostSilent, clockSkew, hostStarved, synFlood, timeWaitOverflow } = DEFAULT_THRESHOLDS;
const DETECTORS: readonly (readonly [Rule, (at: number) => Detected])[] = [
  [
    'host_silent',
    (at) => detectHostSilent({ lastSeenAt: badness(at) > 0 ? BAD_FROM : at, intervalMs: 5_000 }, at, hostSilent),
  ],
  [
    'clock_skew',
    (at) =>
      detectClockSkew(
        samplesOf(at, (then) => ({ offsetMs: badness(then) * -20_000 })),
        at,
        clockSkew,
      ),
  ],
  [
    'host_starved',
    (at) =>
      detectHostStarved(
        samplesOf(at, (then) => ({ stallShare: badness(then) && 0.6 + badness(then) / 100, processes: [] })),
        at,
        hostStarved,
      ),
  ],
  [
    'syn_flood',
    (at) =>
      detectSynFlood(
        samplesOf(at, (then) => ({ halfOpen: badness(then) * 1_000, cookiesSent: null, dropped: null })),
        at,
        synFlood,
      ),
  ],
  [
    'time_wait_overflow',
    (at) =>
      detectTimeWaitOverflow(
        samplesOf(at, (then) => ({ value: counted(then) })),
        at,
        timeWaitOverflow,
      ),
  ],
  [
    'threshold',
    (at) =>
      detectThreshold(
        samplesOf(at, (then) => ({ value: badness(then) * 50 })),
        at,
        {
          above: 20,
          forMs: MINUTE,
          severity: 'warning',
        },
      ),
  ],
];

describe.each(DETECTORS)('an incident of %s', (rule, detect) => {
  it('has the figures of the moment while it goes on, its peak, and an end', () => {
    const story = new IncidentStory(rule);
    let highest = 0;
    let compared = 0;
    for (let at = BEGIN + MINUTE; at <= END; at += STEP_MS) {
      const detected = detect(at);
      story.tell(at, { rule, key: 'key', ...detected });
      const { open } = story;
      if (open === null || at >= BAD_UNTIL) continue;
      const value = detected.figures[detected.leading] ?? 0;
      highest = Math.max(highest, value);
      expect(open.peak.figure).toBe(detected.leading);
      // At first it doubles within seconds.
      if (at < BAD_FROM + 10 * MINUTE) continue;
      compared++;
      // Figures are written every 15 s, and times when they differ by a twentieth.
      expect(Math.abs((open.figures[detected.leading] ?? 0) - value)).toBeLessThanOrEqual(value * 0.15);
    }
    expect(compared).toBeGreaterThan(60);
    expect(story.open).toBeNull();
    const { peak } = story.lastResolved?.incident ?? {};
    expect((peak?.value ?? 0) / highest).toBeGreaterThanOrEqual(0.95);
    expect((peak?.value ?? 0) / highest).toBeLessThanOrEqual(1.05);
    const kinds = story.events.map(({ kind }) => kind);
    expect([kinds[0], ...kinds.slice(-2)]).toEqual(['opened', 'clearing', 'resolved']);
  });
});
