import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT, CountedLosses, parcelOfBytes, runOf } from '../testing/parcels.ts';
import { type Parcel } from './parcel.ts';
import { SegmentLog } from './segment-log.ts';

/** Room for some segments of 32 KiB. */
const BOUNDS = { bytes: 160 * 1024, spanMs: 3_600_000 };

let folder: string;
let log: SegmentLog;
let losses: CountedLosses;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-log-'));
  losses = new CountedLosses();
  log = await SegmentLog.open(folder, BOUNDS, losses);
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

async function reopen(bounds = BOUNDS): Promise<void> {
  await log.close();
  log = await SegmentLog.open(folder, bounds, losses);
}

const nothing = (): boolean => false;
const files = (): string[] => readdirSync(folder).sort();
const bytesOnDisk = (): number => files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
const names = (parcels: readonly Parcel[] | undefined): string[] =>
  (parcels ?? []).map(({ run, seq, packed }) => `${run.runId.slice(-2)}:${seq}:${packed.length}`);

/** Everything, oldest first; nothing is left. */
async function drained(from = log): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const batch = await from.oldest(50, Infinity, nothing);
    if (batch === undefined) return all;
    all.push(...names(batch.parcels));
    await from.done(batch.parcels);
  }
}

type Step =
  | { do: 'append'; bytes: number }
  | { do: 'deliver'; count: number; newest: boolean }
  | { do: 'restart' }
  | { do: 'tear'; at: number }
  | { do: 'damage'; file: number; at: number; byte: number };

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('append' as const), bytes: fc.nat(9_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), count: fc.nat(6), newest: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tear' as const), at: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('damage' as const),
      file: fc.nat(),
      at: fc.nat(),
      byte: fc.integer({ min: 1, max: 255 }),
    }),
  },
) satisfies fc.Arbitrary<Step>;

/** A plain list that is told the same, and what of it may be wrong by then. */
class Model {
  /** Not delivered, oldest first, with the file and its size when each was written. */
  waiting: { name: string; file: string; end: number | undefined }[] = [];
  /** Delivered; may come back where the note of it was torn or damaged. */
  readonly delivered = new Set<string>();
  droppedBefore = 0;

  forget(dropped: number): void {
    this.waiting.splice(0, dropped - this.droppedBefore);
    this.droppedBefore = dropped;
  }
}

describe('the segments of the outbox, beside a plain list', () => {
  it('agree with it whatever is appended, delivered, torn or damaged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        await play(steps);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  async function play(steps: readonly Step[]): Promise<void> {
    await log.close();
    for (const name of files()) rmSync(join(folder, name));
    losses = new CountedLosses();
    log = await SegmentLog.open(folder, BOUNDS, losses);
    const model = new Model();
    let run = 1;
    let seq = 0;
    let repeats = false;
    for (const [index, next] of steps.entries()) {
      switch (next.do) {
        case 'append': {
          const parcel = parcelOfBytes(runOf(run), seq++, next.bytes);
          await log.append(parcel, AGENT);
          const file = files().at(-1) ?? '';
          model.waiting.push({ name: names([parcel])[0] ?? '', file, end: statSync(join(folder, file)).size });
          break;
        }
        case 'deliver': {
          const skipped = next.newest ? 1 : 0;
          const first = model.waiting[0]?.name;
          const batch = await log.oldest(next.count + 1, Infinity, (one) => skipped === 1 && names([one])[0] === first);
          const found = names(batch?.parcels);
          if (!repeats)
            expect(found).toEqual(model.waiting.slice(skipped, skipped + found.length).map(({ name }) => name));
          await log.done(batch?.parcels ?? []);
          for (const name of found) model.delivered.add(name);
          model.waiting = model.waiting.filter(({ name }) => !found.includes(name));
          break;
        }
        case 'restart':
          await reopen();
          run++;
          break;
        case 'tear': {
          await log.close();
          const file = files().at(-1);
          const cut = file === undefined ? 0 : next.at % (statSync(join(folder, file)).size + 1);
          if (file !== undefined) truncateSync(join(folder, file), cut);
          await reopen();
          const readable = new Set(await peekAll());
          for (const one of model.waiting) {
            if (one.file !== file) expect(readable).toContain(one.name);
            else if (one.end !== undefined) expect([one, readable.has(one.name)]).toEqual([one, one.end <= cut]);
          }
          model.waiting = model.waiting.filter(({ name }) => readable.has(name));
          repeats = true;
          rebase(model);
          run++;
          break;
        }
        case 'damage': {
          await log.close();
          const all = files();
          const file = all[next.file % Math.max(1, all.length)];
          const damagesBefore = losses.damages;
          if (file !== undefined) {
            const path = join(folder, file);
            const bytes = readFileSync(path);
            const at = next.at % Math.max(1, bytes.length);
            if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ next.byte;
            writeFileSync(path, bytes);
            repeats = true;
          }
          await reopen();
          const readable = new Set(await peekAll());
          const lost = model.waiting.filter(({ name }) => !readable.has(name));
          expect(lost.length).toBeLessThanOrEqual(1);
          expect(losses.damages - damagesBefore).toBeGreaterThanOrEqual(lost.length);
          model.waiting = model.waiting.filter(({ name }) => readable.has(name));
          rebase(model);
          run++;
          break;
        }
      }
      model.forget(losses.droppedSnapshots);
      expect(bytesOnDisk()).toBeLessThanOrEqual(BOUNDS.bytes);
      if (!repeats) expect([index, log.waiting]).toEqual([index, model.waiting.length]);
    }
    const all = await drained();
    expect(all.filter((name) => !model.delivered.has(name))).toEqual(model.waiting.map(({ name }) => name));
    expect(files()).toEqual([]);
  }

  /** What waits, by a copy of the folder. */
  async function peekAll(): Promise<string[]> {
    const copy = mkdtempSync(join(tmpdir(), 'closewatch-log-'));
    cpSync(folder, copy, { recursive: true });
    const other = await SegmentLog.open(copy, BOUNDS, new CountedLosses());
    const all = await drained(other);
    await other.close();
    rmSync(copy, { recursive: true });
    return all;
  }

  /** Mended files have other sizes; from here on only whole files are told apart. */
  function rebase(model: Model): void {
    for (const one of model.waiting) one.end = undefined;
  }
});
