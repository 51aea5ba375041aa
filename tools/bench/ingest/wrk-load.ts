import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from '../../programs/is-installed.ts';
import { CannotRun } from '../bench.ts';

/** As many as the other side's two cores leave room for; each has hosts of its own. */
export const THREADS = 1;
export const CONNECTIONS = 64;

/** What wrk saw. Latencies in milliseconds. */
export interface LoadReport {
  readonly seconds: number;
  /** Requests written, answered or not: the last ones of a run are not. */
  readonly sent: number;
  /** Answers that say that what was sent is stored. */
  readonly accepted: number;
  /** Answers 503 with Retry-After: nothing was taken. */
  readonly busy: number;
  /** Any other answers. */
  readonly refused: number;
  /** Connections refused, reset or silent too long. */
  readonly broken: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of wrk itself. */
  readonly cpuMs: number;
}

/** Throws where wrk is missing. */
export function requireWrk(): void {
  if (!isInstalled('wrk')) {
    throw new CannotRun('wrk makes the load and is not installed (Debian: apt-get install wrk)');
  }
}

/** Runs wrk on `url` with one of the loads of this folder (`pushes`, `lines`), which is told `words`. */
export async function runWrk(
  url: string,
  load: 'pushes' | 'lines',
  words: readonly (string | number)[],
  seconds: number,
  connections = CONNECTIONS,
): Promise<LoadReport> {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-wrk-'));
  try {
    const script = join(folder, `${load}.lua`);
    const parts = ['load.lua', `${load}.lua`].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
    writeFileSync(script, parts.join(''));
    const wrk = ['wrk', `-t${THREADS}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script, url];
    // The shell's own `times` tell what wrk has used: its second line is of what it started.
    const said = await outputOf('sh', ['-c', '"$@"; times', 'load', ...wrk, '--', ...words.map(String)]);
    const report = /^report (.*)$/m.exec(said)?.[1];
    if (report === undefined) throw new Error(`wrk did not run to its end:\n${said}`);
    return { ...(JSON.parse(report) as Omit<LoadReport, 'cpuMs'>), cpuMs: cpuMsIn(said) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function outputOf(command: string, words: readonly string[]): Promise<string> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return Buffer.concat(pieces).toString('utf8');
}

/** `0m1.234s 0m0.567s`: user and system time. */
function cpuMsIn(said: string): number {
  const line = said.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`the shell told no times: "${line}"`);
  return 1_000 * parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
}
