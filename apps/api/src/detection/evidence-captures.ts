/** Why evidence of an incident is captured. */
export const CAPTURED_BECAUSE = ['opened', 'escalated', 'reopened', 'verdict_changed'] as const;
export type CapturedBecause = (typeof CAPTURED_BECAUSE)[number];

/** What was gathered of an incident at one moment. */
export interface Capture {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly because: CapturedBecause;
  /** Its leading figure then. */
  readonly value: number;
}

/** An incident that goes up and down tells the same again and again: of one cause it is captured once in so long. */
const SAME_AFTER_MS = 15 * 60_000;
/** Kept of one incident. */
export const MOST_CAPTURES = 6;

/** Whether evidence is to be captured once more; `known`: what is kept of earlier captures. */
export function isToBeCaptured(known: readonly Capture[], because: CapturedBecause, now: number): boolean {
  return !known.some((capture) => capture.because === because && now - capture.at < SAME_AFTER_MS);
}

/** Which captures are one too many: the first stays, the one of the highest figure, and the newest. */
export function capturesToDrop(known: readonly Capture[]): Capture[] {
  const [first, ...later] = known.toSorted((a, b) => a.at - b.at);
  const worst = known.reduce<Capture | undefined>((most, one) => (most && most.value >= one.value ? most : one), first);
  const others = later.filter((capture) => capture !== worst);
  const room = MOST_CAPTURES - (known.length - others.length);
  return others.slice(0, Math.max(0, others.length - room));
}
