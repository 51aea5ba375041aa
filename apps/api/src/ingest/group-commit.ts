/** Bounds of what waits and of what goes together. `weight` is what {@link GroupCommit.submit} is told, such as bytes. */
export interface GroupCommitLimits {
  /** Time that the first of a group waits for others, milliseconds. */
  readonly gatherMs: number;
  readonly waitingItems: number;
  readonly waitingWeight: number;
  readonly groupItems: number;
  readonly groupWeight: number;
}

/** Too much waits already; nothing was taken. */
export class QueueFullError extends Error {
  constructor() {
    super('Too many pushes are waiting to be written.');
    this.name = 'QueueFullError';
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Collects items that arrive within a few milliseconds and writes them together, one group at a time. `writeGroup`
 * answers with one settled result for each item.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private weight = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly limits: GroupCommitLimits,
    private readonly writeGroup: (items: readonly Item[]) => Promise<PromiseSettledResult<Result>[]>,
  ) {}

  /** Resolves after the commit. Throws {@link QueueFullError} at once when too much waits. */
  submit(item: Item, weight: number): Promise<Result> {
    // An item heavier than the whole bound may still pass alone.
    const tooHeavy = this.waiting.length > 0 && this.weight + weight > this.limits.waitingWeight;
    if (this.waiting.length >= this.limits.waitingItems || tooHeavy) throw new QueueFullError();
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ item, weight, resolve, reject });
      this.weight += weight;
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.limits.gatherMs));
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      const results = await this.writeGroup(group.map(({ item }) => item)).catch((reason: unknown) =>
        group.map((): PromiseRejectedResult => ({ status: 'rejected', reason })),
      );
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index];
        if (result?.status === 'fulfilled') resolve(result.value);
        else reject(result?.reason ?? new Error('The group was written without a result for each item.'));
      }
    }
    this.running = undefined;
  }

  private takeGroup(): Waiting<Item, Result>[] {
    let count = 0;
    let weight = 0;
    for (const { weight: more } of this.waiting) {
      if (count >= this.limits.groupItems || (count > 0 && weight + more > this.limits.groupWeight)) break;
      count++;
      weight += more;
    }
    this.weight -= weight;
    return this.waiting.splice(0, count);
  }
}
