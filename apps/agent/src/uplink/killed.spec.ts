import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../testing/built-program.ts';
import { AGENT, CountedLosses, parcelOfBytes, runOf } from '../testing/parcels.ts';
import { ended, untilSays } from '../testing/program.ts';
import { Outbox } from './outbox.ts';

const KILLS = 8;

let program: Awaited<ReturnType<typeof builtProgram>>;
let folder: string;

beforeAll(async () => {
  program = await builtProgram('testing/appending-child.ts');
});

afterAll(() => program.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-killed-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Lets a process append until it is killed, at no instant in particular; returns the last that it said is kept. */
async function appendUntilKilled(run: number): Promise<number> {
  const child = spawn(process.execPath, [program.path, join(folder, 'outbox'), String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  await untilSays(child, '1\n');
  await sleep(Math.random() * 60);
  await ended(child, 'SIGKILL');
  // The last line may be torn itself.
  return Number(said.split('\n').at(-2));
}

describe('the outbox of a process that is killed', () => {
  it('has all that it said is kept, in order and sound, of each of its runs', async () => {
    const kept: number[] = [];
    for (let run = 0; run < KILLS; run++) kept.push(await appendUntilKilled(run));
    const losses = new CountedLosses();
    const bounds = { bytes: 64 * 2 ** 20, ageMs: 3_600_000 };
    const outbox = await Outbox.open({ folder: join(folder, 'outbox'), bounds, describe: () => AGENT, losses });
    const found = new Map<string, number[]>();
    for (;;) {
      const batch = await outbox.oldest(1_000, Infinity, () => false);
      if (batch === undefined) break;
      for (const { run, seq, packed } of batch.parcels) {
        expect(Buffer.from(packed).equals(parcelOfBytes(run, seq, (seq * 7_919) % 60_000).packed)).toBe(true);
        found.set(run.runId, [...(found.get(run.runId) ?? []), seq]);
      }
      await outbox.done(batch.parcels);
    }
    await outbox.close();
    expect([...found.keys()]).toEqual(kept.map((_, run) => runOf(run).runId));
    for (const [run, last] of kept.entries()) {
      const seqs = found.get(runOf(run).runId) ?? [];
      expect(seqs).toEqual(seqs.map((_, seq) => seq));
      // One more may have been kept than could be said.
      expect(seqs.length - 1 - last).toBeGreaterThanOrEqual(0);
      expect(seqs.length - 1 - last).toBeLessThanOrEqual(2);
    }
    expect(losses.drops).toEqual([]);
    expect(losses.damages).toBeLessThanOrEqual(KILLS);
  }, 60_000);
});
