/** Runs tasks one after the other; one that fails does not hold back the next. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the task does. */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(task, task);
    this.last = result.catch(() => undefined);
    return result;
  }
}
