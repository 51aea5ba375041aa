/** Bounds of what waits and of what goes together. `weight` is what {@link GroupCommit.submit} is told, such as bytes. */
export interface GroupCommitLimits {
  /** Time that a group waits for more of its kind, milliseconds. */
  readonly gatherMs: number;
  readonly waitingItems: number;
  /** Of what waits and what is still coming in, together. */
  readonly waitingWeight: number;
  readonly groupItems: number;
  readonly groupWeight: number;
  /** Groups on their way at once: while one is committed, the next is gathered and sent. */
  readonly groups: number;
}

/** Too much waits already; nothing was taken. */
export class QueueFullError extends Error {
  constructor() {
    super('Too many pushes are waiting to be written.');
    this.name = 'QueueFullError';
  }
}

/** What comes in pieces, to be submitted once it is whole. Until then it counts with what waits. */
export interface Arrival {
  /** Counts a piece; false, and nothing counted, when that is too much. */
  add(weight: number): boolean;
  /** Counts none of it any longer: it is whole, or given up. */
  end(): void;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly key: string;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Collects items that arrive within a few milliseconds and writes them together. `writeGroup` answers with one settled
 * result for each item. Items of one key are never in two groups at once, and are written in the order in which they came.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private weight = 0;
  private arriving = 0;
  private running = 0;
  private readonly busy = new Set<string>();
  private gathering: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];

  constructor(
    private readonly limits: GroupCommitLimits,
    private readonly writeGroup: (items: readonly Item[]) => Promise<PromiseSettledResult<Result>[]>,
  ) {}

  /** Whether nothing more would be taken. */
  get isFull(): boolean {
    const { waitingItems, waitingWeight } = this.limits;
    return this.waiting.length >= waitingItems || this.weight + this.arriving >= waitingWeight;
  }

  /** What waits to be written, and the weight of it and of what is still coming in. */
  get waits(): { readonly items: number; readonly weight: number } {
    return { items: this.waiting.length, weight: this.weight + this.arriving };
  }

  /** Something begins to come in. To be ended whatever becomes of it. */
  arrival(): Arrival {
    let own = 0;
    return {
      add: (weight) => {
        const all = this.weight + this.arriving;
        // As in submit: what is heavier than the whole bound may still pass alone.
        if (all > own && all + weight > this.limits.waitingWeight) return false;
        own += weight;
        this.arriving += weight;
        return true;
      },
      end: () => {
        this.arriving -= own;
        own = 0;
      },
    };
  }

  /** Resolves after the commit. Throws {@link QueueFullError} at once when too much waits. */
  submit(item: Item, weight: number, key: string): Promise<Result> {
    // An item heavier than the whole bound may still pass alone.
    const tooHeavy = this.waiting.length > 0 && this.weight + weight > this.limits.waitingWeight;
    if (this.waiting.length >= this.limits.waitingItems || tooHeavy) throw new QueueFullError();
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ item, weight, key, resolve, reject });
      this.weight += weight;
      this.gather();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    if (this.running === 0 && this.waiting.length === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Starts a group soon, if there may be another one. */
  private gather(): void {
    if (this.gathering !== undefined || this.waiting.length === 0 || this.running >= this.limits.groups) return;
    this.gathering = setTimeout(() => {
      this.gathering = undefined;
      void this.run();
    }, this.limits.gatherMs);
  }

  private async run(): Promise<void> {
    const group = this.takeGroup();
    if (group.length === 0) return;
    const keys = group.map(({ key }) => key);
    for (const key of keys) this.busy.add(key);
    this.running++;
    this.gather();
    const results = await this.writeGroup(group.map(({ item }) => item)).catch((reason: unknown) =>
      group.map((): PromiseRejectedResult => ({ status: 'rejected', reason })),
    );
    this.running--;
    for (const key of keys) this.busy.delete(key);
    for (const [index, { resolve, reject }] of group.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') resolve(result.value);
      else reject(result?.reason ?? new Error('The group was written without a result for each item.'));
    }
    this.gather();
    if (this.running > 0 || this.waiting.length > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  /** The oldest that may go together; those whose key is on its way stay. */
  private takeGroup(): Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    let weight = 0;
    let full = false;
    for (const waiting of this.waiting) {
      full ||= group.length >= this.limits.groupItems;
      full ||= group.length > 0 && weight + waiting.weight > this.limits.groupWeight;
      if (full || this.busy.has(waiting.key)) {
        left.push(waiting);
        continue;
      }
      group.push(waiting);
      weight += waiting.weight;
    }
    this.waiting = left;
    this.weight -= weight;
    return group;
  }
}
