import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT, CountedLosses, START_MS, parcelOfBytes, runOf } from '../testing/parcels.ts';
import { withoutDescriptors } from '../testing/without-descriptors.ts';
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

async function append(...seqs: number[]): Promise<Parcel[]> {
  const parcels = seqs.map((seq) => parcelOfBytes(runOf(1), seq));
  for (const parcel of parcels) await log.append(parcel, AGENT);
  return parcels;
}

describe('the segments of the outbox', () => {
  it('are not given up when there is no descriptor to read them with', async () => {
    await append(0, 1, 2);
    await reopen();
    await expect(withoutDescriptors(() => log.oldest(9, Infinity, nothing))).rejects.toThrow('EMFILE');
    expect(log.waiting).toBe(3);
    expect(await drained()).toEqual(['01:0:100', '01:1:100', '01:2:100']);
    expect(losses.damages).toBe(0);
  });

  it('hand out the oldest of one run, by count and by size, and one at the least', async () => {
    await append(0, 1, 2);
    await log.append(parcelOfBytes(runOf(2), 0), AGENT);
    expect(names((await log.oldest(2, 10_000, nothing))?.parcels)).toEqual(['01:0:100', '01:1:100']);
    expect(names((await log.oldest(9, 650, nothing))?.parcels)).toHaveLength(2);
    expect(names((await log.oldest(9, 1, nothing))?.parcels)).toHaveLength(1);
    expect(names((await log.oldest(9, 10_000, ({ seq }) => seq === 0))?.parcels)[0]).toBe('01:1:100');
  });

  it('say what the agent said of itself when each was written', async () => {
    await append(0);
    await log.append(parcelOfBytes(runOf(1), 1), { ...AGENT, clockOffsetMs: 7 });
    await log.append(parcelOfBytes(runOf(1), 2), { ...AGENT, hostname: 'renamed' });
    await reopen();
    const hostnames: unknown[] = [];
    for (let batch = await log.oldest(9, 10_000, nothing); batch; batch = await log.oldest(9, 10_000, nothing)) {
      hostnames.push([(JSON.parse(batch.agent ?? '') as typeof AGENT).hostname, batch.parcels.length]);
      await log.done(batch.parcels);
    }
    expect(hostnames).toEqual([
      ['h', 2],
      ['renamed', 1],
    ]);
  });

  it('are gone when all is delivered, in any order, and know after a restart what is not', async () => {
    const [first, second, third] = await append(0, 1, 2);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were appended');
    await log.done([third]);
    await log.done([first]);
    await reopen();
    expect(log.waiting).toBe(1);
    expect(await drained()).toEqual(['01:1:100']);
    expect(files()).toEqual([]);
  });

  it('make room for the newest, the oldest first, and say how many of which time', async () => {
    for (let seq = 0; seq < 60; seq++) {
      await log.append(parcelOfBytes(runOf(1), seq, 5_000), AGENT);
      expect(bytesOnDisk()).toBeLessThanOrEqual(BOUNDS.bytes);
    }
    const left = await drained();
    const dropped = losses.droppedSnapshots;
    expect(left).toEqual(Array.from({ length: 60 - dropped }, (_, index) => `01:${index + dropped}:5000`));
    expect(left.length).toBeGreaterThanOrEqual(18);
    expect(losses.drops[0]?.fromMs).toBe(START_MS);
    expect(losses.drops.at(-1)?.toMs).toBe(START_MS + (dropped - 1) * 1_000);
  });

  it('do not take what is larger than all of them', async () => {
    await append(0);
    await log.append(parcelOfBytes(runOf(1), 1, BOUNDS.bytes), AGENT);
    expect(losses.drops).toEqual([{ snapshots: 1, fromMs: START_MS + 1_000, toMs: START_MS + 1_000 }]);
    expect(await drained()).toEqual(['01:0:100']);
  });

  it('make do with less room after a restart', async () => {
    for (let seq = 0; seq < 25; seq++) await log.append(parcelOfBytes(runOf(1), seq, 5_000), AGENT);
    await reopen({ ...BOUNDS, bytes: 64 * 1024 });
    expect(bytesOnDisk()).toBeLessThanOrEqual(64 * 1024);
    expect((await drained()).length + losses.droppedSnapshots).toBe(25);
  });

  it('let go of what is too old, within a segment too', async () => {
    await append(0, 1, 2, 3, 4);
    await log.expire(START_MS + 3_000);
    expect(losses.drops).toEqual([{ snapshots: 3, fromMs: START_MS, toMs: START_MS + 2_000 }]);
    await log.expire(START_MS + 3_000);
    await reopen();
    expect(await drained()).toEqual(['01:3:100', '01:4:100']);
    expect(losses.droppedSnapshots).toBe(3);
  });

  it('hold no more of time than they should, so that age counts', async () => {
    await log.close();
    log = await SegmentLog.open(folder, { ...BOUNDS, spanMs: 10_000 }, losses);
    await append(...Array.from({ length: 40 }, (_, seq) => seq));
    expect(files()).toHaveLength(4);
  });

  it('are as good without what is damaged, which is counted once', async () => {
    await append(0, 1, 2, 3);
    const [name = ''] = files();
    const bytes = readFileSync(join(folder, name));
    bytes.fill(0xff, bytes.length - 250, bytes.length - 200);
    writeFileSync(join(folder, name), bytes);
    await reopen();
    expect(losses.damages).toBe(1);
    expect(log.waiting).toBe(3);
    await reopen();
    expect(losses.damages).toBe(1);
    expect(await drained()).toEqual(['01:0:100', '01:1:100', '01:3:100']);
  });

  it('count what is damaged or taken away while the agent runs', async () => {
    await append(0, 1);
    const [name = ''] = files();
    rmSync(join(folder, name));
    expect(await log.oldest(9, 10_000, nothing)).toBeUndefined();
    expect({ damaged: losses.damages, waiting: log.waiting }).toEqual({ damaged: 2, waiting: 0 });
    await append(2);
    expect(await drained()).toEqual(['01:2:100']);
  });
});
