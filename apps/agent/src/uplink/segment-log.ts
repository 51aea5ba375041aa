import { type Agent } from '@closewatch/protocol';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { DeliveredRuns, waitingIn } from './delivered-runs.ts';
import { type LossListener } from './losses.ts';
import { FILE_HEADER, encodeRecord, scanSegment, type Located } from './outbox-record.ts';
import { type Batch, type Parcel, type Run } from './parcel.ts';
import { SegmentWriter, type Segment } from './segment-file.ts';
import { recoverSegments, segmentPath } from './segment-recovery.ts';

export interface LogBounds {
  /** Of all files together. */
  readonly bytes: number;
  /** A segment holds no more of time than this, so that what is too old goes in good time. */
  readonly spanMs: number;
}

const LARGEST_SEGMENT = 1024 * 1024;
const SMALLEST_SEGMENT = 32 * 1024;
/** Kept free for what says that snapshots are dealt with: room for it must never cost a snapshot. */
const RESERVE = 16 * 1024;
/** What keeps a file from being read that is well. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']);

/**
 * Snapshots on disk, oldest first, in segments that are only ever appended to and removed as a whole. Never larger than
 * its bounds; the oldest segment makes room. Its methods are not to overlap, and reject as the file system does.
 */
export class SegmentLog {
  readonly #folder: string;
  readonly #bounds: LogBounds;
  readonly #losses: LossListener;
  #segments: Segment[] = [];
  #writer: SegmentWriter | undefined;
  /** What the newest segment says of the agent. */
  #agent: Agent | undefined;
  readonly #delivered = new DeliveredRuns();
  /** Where the parcels stand that were handed in or out. */
  readonly #homes = new WeakMap<Parcel, Segment>();
  /** The segment that was read last. */
  #read: { readonly segment: Segment; readonly bytes: number; readonly records: readonly Located[] } | undefined;

  private constructor(folder: string, bounds: LogBounds, losses: LossListener) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#losses = losses;
  }

  /** Takes up what stands in the folder, and mends what a crash or a disk did to it. */
  static async open(folder: string, bounds: LogBounds, losses: LossListener): Promise<SegmentLog> {
    const log = new SegmentLog(folder, bounds, losses);
    log.#segments = await recoverSegments(folder, log.#delivered, losses);
    while (log.bytes > bounds.bytes) await log.#dropOldest();
    await log.#removeEmpty();
    return log;
  }

  /** Snapshots that are not dealt with. */
  get waiting(): number {
    return this.#segments.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** When the oldest was taken, milliseconds since 1970; Infinity when there is none. */
  get oldestMs(): number {
    return this.#segments[0]?.fromMs ?? Infinity;
  }

  /** Appends the newest, under what the agent says of itself. */
  async append(parcel: Parcel, agent: Agent): Promise<void> {
    const record = encodeRecord({ kind: 'snapshot', parcel });
    const beginning = encodeRecord({ kind: 'agent', run: parcel.run, agent: JSON.stringify(agent) });
    const most = FILE_HEADER.length + beginning.length + record.length;
    if (most > this.#bounds.bytes - RESERVE) {
      this.#losses.dropped(1, parcel.takenAtMs, parcel.takenAtMs);
      return;
    }
    while (this.bytes + most > this.#bounds.bytes - RESERVE) await this.#dropOldest();
    const active = this.#writer?.segment;
    const elapsed = parcel.takenAtMs - (active?.fromMs ?? parcel.takenAtMs);
    const full = active !== undefined && active.bytes + record.length > this.#segmentBytes;
    if (full || elapsed > this.#bounds.spanMs) await this.#closeWriter();
    const writer = await this.#open();
    const { segment } = writer;
    if (this.#agent === undefined || !saysTheSame(this.#agent, agent)) {
      await writer.append(beginning);
      this.#agent = agent;
    }
    await writer.append(record);
    segment.waiting++;
    segment.fromMs = Math.min(segment.fromMs, parcel.takenAtMs);
    segment.toMs = Math.max(segment.toMs, parcel.takenAtMs);
    this.#homes.set(parcel, segment);
  }

  /** The oldest of one run: at most `count`, about `size` bytes of JSON, one at least if there is one that is not to be skipped. */
  async oldest(count: number, size: number, skip: (parcel: Parcel) => boolean): Promise<Batch | undefined> {
    for (let segment = this.#segments[0]; segment !== undefined; segment = this.#segments[0]) {
      const records = await this.#recordsOf(segment);
      if (segment.waiting > 0) return this.#batchOf(segment, records, { count, size, skip });
      await this.#removeEmpty();
    }
    return undefined;
  }

  /** These are dealt with; what is not here is passed over. */
  async done(parcels: readonly Parcel[]): Promise<void> {
    const settled = parcels.filter((parcel) => {
      const home = this.#homes.get(parcel);
      if (home === undefined || this.#delivered.has(parcel.run.runId, parcel.seq)) return false;
      this.#delivered.add(parcel.run.runId, parcel.seq, parcel.seq);
      home.waiting--;
      return true;
    });
    await this.#removeEmpty();
    // What is gone with its segment need not be noted.
    for (const note of rangesOf(settled.filter((parcel) => this.#standsHere(parcel)))) {
      const record = encodeRecord({ kind: 'done', ...note });
      if (this.bytes + FILE_HEADER.length + record.length > this.#bounds.bytes) return;
      await (await this.#open()).append(record);
    }
  }

  /** Lets go of what was taken before. */
  async expire(beforeMs: number): Promise<void> {
    for (let oldest = this.#segments[0]; oldest !== undefined && oldest.fromMs < beforeMs; oldest = this.#segments[0]) {
      if (oldest.toMs < beforeMs) {
        await this.#dropOldest();
        continue;
      }
      const records = await this.#recordsOf(oldest);
      const tooOld = waitingIn(records, this.#delivered).filter(({ takenAtMs }) => takenAtMs < beforeMs);
      for (const parcel of tooOld) this.#homes.set(parcel, oldest);
      oldest.fromMs = beforeMs;
      const [first, last] = [tooOld[0], tooOld.at(-1)];
      if (first === undefined || last === undefined) return;
      this.#losses.dropped(tooOld.length, first.takenAtMs, last.takenAtMs);
      await this.done(tooOld);
    }
  }

  /** Writes a file and takes it away again. Rejects when the disk does not take it. */
  async probe(): Promise<void> {
    const writer = await SegmentWriter.create(join(this.#folder, 'probe.draft'), 0);
    await writer.close();
    await rm(writer.segment.path, { force: true });
  }

  async close(): Promise<void> {
    await this.#removeEmpty();
    await this.#closeWriter();
  }

  get #segmentBytes(): number {
    return Math.min(LARGEST_SEGMENT, Math.max(SMALLEST_SEGMENT, this.#bounds.bytes / 64));
  }

  async #open(): Promise<SegmentWriter> {
    if (this.#writer !== undefined) return this.#writer;
    const number = (this.#segments.at(-1)?.number ?? 0) + 1;
    const writer = await SegmentWriter.create(segmentPath(this.#folder, number), number);
    this.#writer = writer;
    this.#agent = undefined;
    this.#segments.push(writer.segment);
    return writer;
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#segments;
    if (oldest === undefined) return;
    if (oldest.waiting > 0) this.#losses.dropped(oldest.waiting, oldest.fromMs, oldest.toMs);
    await this.#remove(oldest);
  }

  /** From the oldest on: a newer one may say of an older one what is dealt with. */
  async #removeEmpty(): Promise<void> {
    for (let oldest = this.#segments[0]; oldest?.waiting === 0; oldest = this.#segments[0]) await this.#remove(oldest);
    if (this.#segments.length === 0) this.#delivered.clear();
  }

  async #remove(segment: Segment): Promise<void> {
    this.#segments = this.#segments.filter((other) => other !== segment);
    if (this.#read?.segment === segment) this.#read = undefined;
    if (this.#writer?.segment === segment) await this.#closeWriter();
    await rm(segment.path, { force: true });
  }

  #standsHere(parcel: Parcel): boolean {
    return this.#segments.some((segment) => segment === this.#homes.get(parcel));
  }

  async #recordsOf(segment: Segment): Promise<readonly Located[]> {
    if (this.#read?.segment !== segment || this.#read.bytes !== segment.bytes) {
      let records: readonly Located[] = [];
      try {
        records = scanSegment(await readFile(segment.path)).records;
      } catch (error) {
        // For want of descriptors or memory it cannot be read now; else it is counted as damaged, with what does not check.
        if (PASSING.has(errorCode(error) ?? '')) throw error;
      }
      this.#read = { segment, bytes: segment.bytes, records };
      const readable = waitingIn(records, this.#delivered).length;
      if (readable < segment.waiting) this.#losses.damaged(segment.waiting - readable);
      segment.waiting = readable;
    }
    return this.#read.records;
  }

  #batchOf(segment: Segment, records: readonly Located[], { count, size, skip }: Wanted): Batch | undefined {
    const parcels: Parcel[] = [];
    let agent: string | undefined;
    let total = 0;
    for (const { record } of records) {
      if (record.kind === 'agent') {
        if (parcels.length > 0) break;
        agent = record.agent;
      }
      if (record.kind !== 'snapshot') continue;
      const { parcel } = record;
      if (this.#delivered.has(parcel.run.runId, parcel.seq) || skip(parcel)) continue;
      total += parcel.size;
      if (parcels.length >= count || (parcels.length > 0 && total > size)) break;
      parcels.push(parcel);
      this.#homes.set(parcel, segment);
    }
    const [first] = parcels;
    return first === undefined ? undefined : { run: first.run, agent, parcels };
  }
}

/** The offset of its clock trembles. */
function saysTheSame(before: Agent, now: Agent): boolean {
  return JSON.stringify({ ...before, clockOffsetMs: 0 }) === JSON.stringify({ ...now, clockOffsetMs: 0 });
}

interface Wanted {
  readonly count: number;
  readonly size: number;
  readonly skip: (parcel: Parcel) => boolean;
}

/** What is in a row in a run, as one range. */
function rangesOf(parcels: readonly Parcel[]): { run: Run; from: number; to: number }[] {
  const ranges: { run: Run; from: number; to: number }[] = [];
  for (const { run, seq } of parcels.toSorted((a, b) => a.seq - b.seq)) {
    const before = ranges.find((range) => range.run.runId === run.runId && range.to + 1 === seq);
    if (before === undefined) ranges.push({ run, from: seq, to: seq });
    else before.to = seq;
  }
  return ranges;
}
