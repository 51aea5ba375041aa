/** Runs tasks of one key one after the other, in the order in which they came, and those of others beside them. */
export class OnePerKey {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Resolves or rejects as the task does. */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(key);
    const mine = before === undefined ? task() : before.then(task, task);
    this.last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === mine) this.last.delete(key);
    }
  }
}
