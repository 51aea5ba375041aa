import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeOpenMetrics, type Dating } from './realistic-day.ts';

const LONGEST_MS = 300_000;

/** What Prometheus makes of the same day: bytes of its blocks, as large as it would compact them to in the end. */
export async function prometheusBlocks(fromMs: number, dating: Dating): Promise<{ samples: number; bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-blocks-'));
  try {
    const [file, blocks] = [join(folder, 'samples.txt'), join(folder, 'blocks')];
    const samples = await writeOpenMetrics(file, fromMs, dating);
    const words = ['tsdb', 'create-blocks-from', '--max-block-duration=54h', 'openmetrics', file, blocks];
    await promisify(execFile)('promtool', words, { timeout: LONGEST_MS });
    const files = globSync('**/*', { cwd: blocks }).map((name) => statSync(join(blocks, name)));
    return { samples, bytes: files.reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
