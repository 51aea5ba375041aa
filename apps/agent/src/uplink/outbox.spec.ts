import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGENT, CountedLosses, START_MS, parcelOfBytes, runOf } from '../testing/parcels.ts';
import { mayMount, smallDisk } from '../testing/small-disk.ts';
import { Losses } from './losses.ts';
import { Outbox } from './outbox.ts';

const MEBIBYTE = 1024 * 1024;
const BOUNDS = { bytes: MEBIBYTE, ageMs: 3_600_000 };
const RUN = runOf(1);

let folder: string;
let losses: CountedLosses;
const opened: Outbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-outbox-'));
  losses = new CountedLosses();
});

afterEach(async () => {
  for (const outbox of opened.splice(0)) await outbox.close();
  rmSync(folder, { recursive: true });
});

async function open(at = join(folder, 'outbox'), retryAfterMs?: number): Promise<Outbox> {
  const parts = { folder: at, bounds: BOUNDS, describe: () => AGENT, losses };
  const outbox = await Outbox.open(retryAfterMs === undefined ? parts : { ...parts, retryAfterMs });
  opened.push(outbox);
  return outbox;
}

const nothing = (): boolean => false;

async function drained(outbox: Outbox): Promise<number[]> {
  const all: number[] = [];
  for (;;) {
    const batch = await outbox.oldest(50, Infinity, nothing);
    if (batch === undefined) return all;
    all.push(...batch.parcels.map(({ seq }) => seq));
    await outbox.done(batch.parcels);
  }
}

describe('the outbox', () => {
  it('gives back what is on a disk that is too full to note what was lost', async () => {
    const outbox = await open();
    for (const seq of [0, 1, 2]) outbox.add(parcelOfBytes(RUN, seq));
    await outbox.settled();
    losses.save = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    expect(await drained(outbox)).toEqual([0, 1, 2]);
    expect(outbox.waiting).toBe(0);
    expect(outbox.missing).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('keeps snapshots in their order, over a restart, until they are dealt with', async () => {
    const outbox = await open();
    for (const seq of [0, 1, 2]) outbox.add(parcelOfBytes(RUN, seq));
    const batch = await outbox.oldest(2, Infinity, nothing);
    expect(batch?.parcels.map(({ seq }) => seq)).toEqual([0, 1]);
    await outbox.done(batch?.parcels.slice(0, 1) ?? []);
    expect(outbox.waiting).toBe(2);
    await outbox.close();
    const next = await open();
    expect(next.waiting).toBe(2);
    expect(await drained(next)).toEqual([1, 2]);
    expect({ waiting: next.waiting, missing: next.missing, losses: losses.drops }).toEqual({
      waiting: 0,
      missing: [],
      losses: [],
    });
  });

  it('is for its owner alone, for it holds command lines and addresses', async () => {
    const outbox = await open();
    outbox.add(parcelOfBytes(RUN, 0));
    await outbox.settled();
    const at = join(folder, 'outbox');
    const modes = [at, ...readdirSync(at).map((name) => join(at, name))].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
  });

  it('forgets what is dealt with before it was on disk', async () => {
    const outbox = await open();
    const [first, second] = [parcelOfBytes(RUN, 0), parcelOfBytes(RUN, 1)];
    outbox.add(first);
    outbox.add(second);
    await outbox.done([first, second]);
    expect(outbox.waiting).toBe(0);
    await outbox.close();
    expect(await drained(await open())).toEqual([]);
  });

  it('lets go of what is too old once somebody knows the time', async () => {
    const outbox = await open();
    for (const seq of [0, 1, 2]) outbox.add(parcelOfBytes(RUN, seq));
    await outbox.settled();
    outbox.tend(undefined);
    outbox.tend(START_MS + BOUNDS.ageMs + 1_500);
    expect(await drained(outbox)).toEqual([2]);
    expect(losses.drops).toEqual([{ snapshots: 2, fromMs: START_MS, toMs: START_MS + 1_000 }]);
  });

  it('goes on in memory where there can be no folder, as far as that reaches, and says so', async () => {
    writeFileSync(join(folder, 'file'), '');
    const outbox = await open(join(folder, 'file', 'outbox'));
    expect(outbox.missing).toEqual([
      expect.stringMatching(/^outbox in .*file\/outbox: ENOTDIR.* in memory only \(4 MiB/),
    ]);
    for (let seq = 0; seq < 6; seq++) outbox.add(parcelOfBytes(RUN, seq, MEBIBYTE));
    outbox.tend(START_MS);
    const drops = losses.drops.map(({ snapshots, fromMs }) => [snapshots, fromMs - START_MS]);
    expect(drops).toEqual([
      [1, 0],
      [1, 1_000],
    ]);
    expect(await drained(outbox)).toEqual([2, 3, 4, 5]);
    outbox.add(parcelOfBytes(RUN, 6));
    outbox.tend(START_MS + BOUNDS.ageMs + 7_000);
    expect(await drained(outbox)).toEqual([]);
  });

  it('puts on disk what it kept in memory as soon as the folder can be used', async () => {
    const at = join(folder, 'there', 'outbox');
    writeFileSync(join(folder, 'there'), '');
    const outbox = await open(at, 0);
    outbox.add(parcelOfBytes(RUN, 0));
    await outbox.settled();
    expect(outbox.missing).toHaveLength(1);
    rmSync(join(folder, 'there'));
    mkdirSync(join(folder, 'there'));
    outbox.tend(undefined);
    await outbox.settled();
    expect(outbox.missing).toEqual([]);
    await outbox.close();
    expect(await drained(await open(at))).toEqual([0]);
  });

  (mayMount ? it : it.skip)(
    'goes on in memory when the disk is full, and on disk when there is room (needs root)',
    async () => {
      const disk = smallDisk(256);
      try {
        const at = join(disk.folder, 'outbox');
        const outbox = await open(at, 0);
        const seqs = Array.from({ length: 40 }, (_, seq) => seq);
        for (const seq of seqs) {
          outbox.add(parcelOfBytes(RUN, seq, 10_000));
          await outbox.settled();
        }
        expect(outbox.missing).toEqual([expect.stringMatching(/ENOSPC/)]);
        expect(outbox.waiting).toBe(40);
        // Half of it arrives, which makes room for what is in memory.
        for (let arrived = 0; arrived < 24;) {
          const batch = await outbox.oldest(24 - arrived, Infinity, nothing);
          arrived += batch?.parcels.length ?? 99;
          await outbox.done(batch?.parcels ?? []);
        }
        outbox.tend(undefined);
        await outbox.settled();
        expect(outbox.missing).toEqual([]);
        await outbox.close();
        const next = await open(at);
        expect(await drained(next)).toEqual(seqs.slice(24));
        expect({ drops: losses.drops, damages: losses.damages }).toEqual({ drops: [], damages: 0 });
        await next.close();
      } finally {
        disk.remove();
      }
    },
  );
});

describe('what the outbox lost', () => {
  const AT = '2026-11-22T03:04:05.678Z';

  it('is told once, as one, also after a restart', async () => {
    const path = join(folder, 'losses');
    const warned: string[] = [];
    const before = new Losses(path, (line) => void warned.push(line));
    before.dropped(3, START_MS, START_MS + 2_000);
    before.dropped(2, START_MS + 3_000, START_MS + 4_000);
    before.damaged(1);
    expect(warned).toEqual([expect.stringMatching(/the oldest go/), expect.stringMatching(/cannot be read back/)]);
    await before.save();
    const next = new Losses(path);
    expect(next.take(AT)).toEqual([
      {
        at: AT,
        kind: 'dropped',
        snapshots: 5,
        from: '2026-11-22T03:00:00.000Z',
        to: '2026-11-22T03:00:04.000Z',
      },
      { at: AT, kind: 'damaged', records: 1 },
    ]);
    expect(next.take(AT)).toEqual([]);
    // Until the snapshot that tells it is safe, a crash must not forget it.
    expect(new Losses(path).take(AT)).toHaveLength(2);
    await next.save();
    expect(new Losses(path).take(AT)).toEqual([]);
  });

  it.each(['', '{', 'null', '[]', '{"snapshots":"x","damaged":-1}'])('is nothing where its file says %j', (text) => {
    const path = join(folder, 'losses');
    writeFileSync(path, text);
    expect(new Losses(path).take(AT)).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
