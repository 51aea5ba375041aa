/** `reduced`: the agent works and tells less; `failed`: it cannot do its work; `unknown`: it could not be tried here. */
export type Outcome = 'ok' | 'reduced' | 'failed' | 'unknown';

/** What the doctor found of one thing that the agent needs. */
export interface Finding {
  /** What was looked at, in a word or three. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** What is, in words a person understands. */
  readonly found: string;
  /** What the agent cannot tell because of it. */
  readonly costs?: string;
  /** What to do: one way each. */
  readonly remedies?: readonly string[];
}

/** The worst that was found: what the exit code tells. */
export function worstOf(findings: readonly Finding[]): Outcome {
  const order: readonly Outcome[] = ['failed', 'reduced', 'unknown', 'ok'];
  return order.find((outcome) => findings.some((finding) => finding.outcome === outcome)) ?? 'ok';
}
