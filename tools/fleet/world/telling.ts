/** How much an agent tells with its snapshots. */
export interface Telling {
  readonly intervalMs: number;
  /** All connections each time, or each minute where they are many, else what is new; false: only those that have ended. */
  readonly fullSets: boolean;
  /** Processes and ports come this often, a whole number of intervals. */
  readonly sectionsEveryMs: number;
  /** Evidence, orphans, passage, kernel facts: of these the server keeps the newest alone. */
  readonly newest: boolean;
}

/** As an agent does it. */
export function liveTelling(intervalMs: number): Telling {
  return { intervalMs, fullSets: true, sectionsEveryMs: Math.max(intervalMs, 30_000), newest: true };
}

/** For the past: what the server keeps a history of. */
export function pastTelling(intervalMs: number): Telling {
  return { intervalMs, fullSets: false, sectionsEveryMs: Math.max(intervalMs, 600_000), newest: false };
}
