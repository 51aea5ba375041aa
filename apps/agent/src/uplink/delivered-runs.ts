import { type Located } from './outbox-record.ts';
import { type Parcel } from './parcel.ts';

/** Which snapshots of which runs are dealt with: ranges of their numbers, first and last included. */
export class DeliveredRuns {
  readonly #runs = new Map<string, { from: number; to: number }[]>();

  add(runId: string, from: number, to: number): void {
    const ranges = this.#runs.get(runId) ?? [];
    const apart = ranges.filter((range) => range.to + 1 < from || range.from > to + 1);
    const touching = ranges.filter((range) => !apart.includes(range));
    apart.push({
      from: Math.min(from, ...touching.map((range) => range.from)),
      to: Math.max(to, ...touching.map((range) => range.to)),
    });
    this.#runs.set(runId, apart);
  }

  has(runId: string, seq: number): boolean {
    return this.#runs.get(runId)?.some(({ from, to }) => from <= seq && seq <= to) ?? false;
  }

  clear(): void {
    this.#runs.clear();
  }
}

/** The snapshots among the records that are not dealt with, in their order. */
export function waitingIn(records: readonly Located[], delivered: DeliveredRuns): Parcel[] {
  return records.flatMap(({ record }) => {
    if (record.kind !== 'snapshot') return [];
    const { parcel } = record;
    return delivered.has(parcel.run.runId, parcel.seq) ? [] : [parcel];
  });
}
