/** Samples of one thing, oldest first. */
export class KeptSamples<Sample extends { readonly at: number }> {
  private kept: Sample[] = [];

  get all(): readonly Sample[] {
    return this.kept;
  }

  get newestAt(): number {
    return this.kept.at(-1)?.at ?? -Infinity;
  }

  /** Adds what is newer than all there is, and drops what is older than `keepMs`; of two closer than `apartMs` the first. */
  add(sample: Sample, keepMs: number, apartMs = 0): void {
    if (sample.at <= this.newestAt || sample.at - this.newestAt < apartMs) return;
    this.kept.push(sample);
    const since = sample.at - keepMs;
    const first = this.kept.findIndex(({ at }) => at >= since);
    if (first > 0) this.kept.splice(0, first);
  }
}
