import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { NODE_BUNDLE } from '../../build/node-bundle.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const LONGEST_MS = 240_000;

/** What apps/api/src/testing/history-filler.ts is asked for. */
export interface FillPlan {
  readonly hosts: number;
  readonly hours: number;
  readonly days: number;
  readonly lifetimes: number;
  /** Where to write the snapshots of the first host for Prometheus; empty: nowhere. */
  readonly openMetricsFile: string;
}

/** What it says it has filled; instants in milliseconds since the epoch. */
export interface Filled {
  /** The host with all the days. */
  readonly id: string;
  readonly from: number;
  /** From here on there are rows, before it packs. */
  readonly packedUntil: number;
  readonly to: number;
}

/** Fills the database of a server that was just started with history. */
export async function fillHistory(databaseUrl: string, plan: FillPlan): Promise<Filled> {
  // Beside the product's own bundles: npm packages are resolved from there.
  const folder = mkdtempSync(join(WORKSPACE, 'dist/bench-program-'));
  try {
    const outfile = join(folder, 'history-filler.mjs');
    const entryPoints = [join(WORKSPACE, 'apps/api/src/testing/history-filler.ts')];
    await build({ entryPoints, outfile, ...NODE_BUNDLE, define: { CLOSEWATCH_VERSION: '"bench"' } });
    const words = [outfile, databaseUrl, JSON.stringify(plan)];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { timeout: LONGEST_MS });
    process.stderr.write(stderr);
    return JSON.parse(stdout) as Filled;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
