import { type Agent } from '@closewatch/protocol';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type LossListener } from './losses.ts';
import { type Batch, type Parcel } from './parcel.ts';
import { SegmentLog, type LogBounds } from './segment-log.ts';

export interface OutboxBounds {
  /** Of its files. */
  readonly bytes: number;
  readonly ageMs: number;
}

export interface OutboxParts {
  readonly folder: string;
  readonly bounds: OutboxBounds;
  /** What the agent says of itself. */
  readonly describe: () => Agent;
  readonly losses: LossListener & { save(): Promise<void> };
  /** After the disk refused it is left alone for so long. */
  readonly retryAfterMs?: number;
}

/** While the disk does not take them: a day of counts at 5 s, and little for a host to spare. */
const MEMORY_BYTES = 4 * 1024 * 1024;
const SEGMENTS_A_LIFE = 24;
/** A disk that does not answer must not hold up what needs none. */
const PATIENCE_MS = 2_000;
const RETRY_AFTER_MS = 30_000;

/**
 * Snapshots that could not be delivered, on disk, oldest first. What the disk does not take waits in memory until it
 * does, as far as 4 MiB reach; {@link missing} says so.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #logBounds: LogBounds;
  #log: SegmentLog | undefined;
  /** Not on disk (yet), oldest first; the first of them may be on its way there. */
  #memory: Parcel[] = [];
  #work: Promise<unknown> = Promise.resolve();
  #busySince: number | undefined;
  #trouble: string | undefined;
  #retryAt = 0;

  private constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#logBounds = { bytes: parts.bounds.bytes, spanMs: parts.bounds.ageMs / SEGMENTS_A_LIFE };
  }

  /** Takes up what an earlier run left. Never rejects: without a folder to write to it keeps to memory. */
  static async open(parts: OutboxParts): Promise<Outbox> {
    const outbox = new Outbox(parts);
    void outbox.#exclusively(async () => void (await outbox.#opened()));
    await outbox.settled();
    return outbox;
  }

  /** How many are not dealt with. */
  get waiting(): number {
    return (this.#log?.waiting ?? 0) + this.#memory.length;
  }

  /** What it cannot do, in words a person can act on. */
  get missing(): readonly string[] {
    const trouble = this.#hangs ? 'the disk does not answer' : this.#trouble;
    if (trouble === undefined) return [];
    return [
      `outbox in ${this.#parts.folder}: ${trouble}; what cannot be delivered is kept in memory only ` +
        `(${MEMORY_BYTES / 1024 / 1024} MiB at most), and lost when the agent ends`,
    ];
  }

  /** Takes a snapshot in; it is on disk as soon as may be. */
  add(parcel: Parcel): void {
    this.#memory.push(parcel);
    let bytes = this.#memory.reduce((sum, { packed }) => sum + packed.length, 0);
    // The newest stays even if it alone is too large: it is what is true now.
    while (bytes > MEMORY_BYTES && this.#memory.length > 1) {
      const oldest = this.#memory.shift();
      if (oldest === undefined) break;
      bytes -= oldest.packed.length;
      this.#parts.losses.dropped(1, oldest.takenAtMs, oldest.takenAtMs);
    }
    void this.#exclusively(() => this.#write());
  }

  /** The oldest of one run: at most `count`, about `size` bytes of JSON, one at least if there is one that is not to be skipped. */
  async oldest(count: number, size: number, skip: (parcel: Parcel) => boolean): Promise<Batch | undefined> {
    const batch = await this.#patiently(this.#exclusively(() => this.#log?.oldest(count, size, skip)));
    if (batch !== undefined) return batch;
    const parcels = this.#memory.filter((parcel) => !skip(parcel)).slice(0, count);
    const [first] = parcels;
    let total = 0;
    const fitting = parcels.filter((parcel) => (total += parcel.size) <= size || parcel === first);
    return first === undefined ? undefined : { run: first.run, agent: undefined, parcels: fitting };
  }

  /** These are dealt with; what is not here is passed over. */
  async done(parcels: readonly Parcel[]): Promise<void> {
    const gone = new Set(parcels);
    this.#memory = this.#memory.filter((parcel) => !gone.has(parcel));
    await this.#patiently(this.#exclusively(() => this.#log?.done(parcels)));
  }

  /**
   * To be called now and then: lets go of what is too old at `nowMs` (since 1970, undefined when nobody knows), and sees
   * whether a disk that refused takes anything again.
   */
  tend(nowMs: number | undefined): void {
    if (nowMs !== undefined) this.#expire(nowMs - this.#parts.bounds.ageMs);
    if (this.#trouble === undefined || performance.now() < this.#retryAt) return;
    void this.#exclusively(async () => {
      await (await this.#opened()).probe();
      this.#trouble = undefined;
      await this.#write();
    });
  }

  /** Resolves when all that was asked for is done, or when the disk had its time. */
  async settled(): Promise<void> {
    await this.#patiently(this.#work);
  }

  async close(): Promise<void> {
    void this.#exclusively(() => this.#log?.close());
    await this.settled();
  }

  #expire(beforeMs: number): void {
    const tooOld = this.#memory.filter(({ takenAtMs }) => takenAtMs < beforeMs);
    for (const { takenAtMs } of tooOld) this.#parts.losses.dropped(1, takenAtMs, takenAtMs);
    if (tooOld.length > 0) this.#memory = this.#memory.filter((parcel) => !tooOld.includes(parcel));
    if ((this.#log?.oldestMs ?? Infinity) < beforeMs) void this.#exclusively(() => this.#log?.expire(beforeMs));
  }

  async #write(): Promise<void> {
    if (this.#memory.length === 0 || performance.now() < this.#retryAt) return;
    const log = await this.#opened();
    for (let [oldest] = this.#memory; oldest !== undefined; [oldest] = this.#memory) {
      const parcel = oldest;
      await log.append(parcel, this.#parts.describe());
      this.#memory = this.#memory.filter((other) => other !== parcel);
    }
    this.#trouble = undefined;
  }

  async #opened(): Promise<SegmentLog> {
    const { folder, losses } = this.#parts;
    this.#log ??= await SegmentLog.open(folder, this.#logBounds, losses);
    return this.#log;
  }

  get #hangs(): boolean {
    return this.#busySince !== undefined && performance.now() - this.#busySince > PATIENCE_MS;
  }

  async #patiently<Result>(work: Promise<Result>): Promise<Result | undefined> {
    if (this.#hangs) return undefined;
    const enough = new AbortController();
    try {
      return await Promise.race([work, sleep(PATIENCE_MS, undefined, { signal: enough.signal })]);
    } finally {
      enough.abort();
    }
  }

  /** One at a time, in the order they came. What fails is told in {@link missing}, and tried again later. */
  async #exclusively<Result>(work: () => Promise<Result> | Result): Promise<Result | undefined> {
    const turn = this.#work.then(async () => {
      this.#busySince = performance.now();
      try {
        const result = await work();
        // A full disk that cannot note what was lost still gives back what is on it: only so does it get room again.
        await this.#parts.losses.save().catch((error: unknown) => this.#refused(error));
        return result;
      } catch (error) {
        this.#refused(error);
        return undefined;
      } finally {
        this.#busySince = undefined;
      }
    });
    this.#work = turn;
    return turn;
  }

  #refused(error: unknown): void {
    this.#trouble = messageOf(error);
    this.#retryAt = performance.now() + (this.#parts.retryAfterMs ?? RETRY_AFTER_MS);
  }
}
