import { type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Load } from './loads.ts';
import { endProgram } from '../../programs/end-program.ts';
import { type LoadedNamespace } from './namespace.ts';
import { cpuMsOf, memoryOf, type Memory } from './process-cost.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const SINK_PORT = 19_101;
const LONGEST_SETTLING_MS = 90_000;

export interface AgentCost {
  /** CPU of the whole process between two samples, everything included: looking, tracking, packing, pushing. */
  readonly cpuMsPerSample: number;
  /** The same as a share of one core, in percent. */
  readonly cpuPercent: number;
  readonly memory: Memory;
}

/** How long the event loop was held, in milliseconds. */
export interface LoopHolds {
  readonly maxMs: number;
  readonly p999Ms: number;
  readonly p9999Ms: number;
}

/** Runs the built agent under a load and measures it for so long, once it has told of every leak. */
export async function measureAgent(
  namespace: LoadedNamespace,
  load: Load,
  intervalMs: number,
  windowMs: number,
): Promise<AgentCost> {
  return withAgent(namespace, load, intervalMs, [], {}, async (pid, samples) => {
    const before = { cpu: cpuMsOf(pid), at: performance.now(), samples: samples() };
    await sleep(windowMs);
    const cpuMs = cpuMsOf(pid) - before.cpu;
    const elapsedMs = performance.now() - before.at;
    const taken = samples() - before.samples;
    if (Math.abs(taken - elapsedMs / intervalMs) > 2) throw new Error(`${taken} samples in ${elapsedMs} ms`);
    return {
      cpuMsPerSample: cpuMs / (elapsedMs / intervalMs),
      cpuPercent: (100 * cpuMs) / elapsedMs,
      memory: memoryOf(pid),
    };
  });
}

/** Runs it with a monitor of its event loop, for a minute, so that the slow collectors have their turn too. */
export async function measureLoop(namespace: LoadedNamespace, load: Load, intervalMs: number): Promise<LoopHolds> {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-loop-'));
  const file = join(folder, 'holds.json');
  const monitor = join(import.meta.dirname, 'loop-monitor.mjs');
  try {
    return await withAgent(
      namespace,
      load,
      intervalMs,
      ['--import', monitor],
      { LOOP_MONITOR_FILE: file },
      async (pid) => {
        // What was held while it started is another matter.
        await tellHolds(pid, file);
        await sleep(60_000);
        return await tellHolds(pid, file);
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tellHolds(pid: number, file: string): Promise<LoopHolds> {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(50);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as LoopHolds;
    } catch {
      // Not written yet.
    }
  }
  throw new Error('the loop monitor does not answer');
}

async function withAgent<Result>(
  namespace: LoadedNamespace,
  load: Load,
  intervalMs: number,
  nodeWords: readonly string[],
  env: NodeJS.ProcessEnv,
  measure: (pid: number, samples: () => number) => Promise<Result>,
): Promise<Result> {
  const data = mkdtempSync(join(tmpdir(), 'closewatch-bench-'));
  const running: ChildProcess[] = [];
  try {
    const sinkProgram = join(import.meta.dirname, 'sink.ts');
    const sink = await namespace.start('listening', process.execPath, [
      '--no-warnings',
      sinkProgram,
      String(SINK_PORT),
    ]);
    running.push(sink);
    let samplesTaken = 0;
    // A large set is told over several snapshots.
    let listed = 0;
    sink.stdout?.on('data', (piece: Buffer) => {
      for (const line of piece.toString('latin1').trim().split('\n')) {
        const [samples = 0, , connections = Number.NaN] = line.split(' ').map(Number);
        if (Number.isNaN(connections)) continue;
        samplesTaken = samples;
        listed += connections;
      }
    });
    const program = join(WORKSPACE, 'dist/agent/main.js');
    const agent = await namespace.start('closewatch-agent', process.execPath, [...nodeWords, program, 'run'], {
      CLOSEWATCH_SERVER: `http://127.0.0.1:${SINK_PORT}`,
      CLOSEWATCH_TOKEN: 'bench',
      CLOSEWATCH_INTERVAL: `${intervalMs}ms`,
      CLOSEWATCH_DATA: data,
      ...env,
    });
    running.push(agent);
    const pid = agent.pid;
    if (pid === undefined) throw new Error('the agent did not start');
    const deadline = performance.now() + LONGEST_SETTLING_MS;
    // A few may have gone, see agent-bench.ts.
    while (samplesTaken < 4 || listed < 0.99 * load.closeWait) {
      if (performance.now() > deadline) throw new Error(`the agent told of ${listed} of ${load.closeWait} leaks`);
      await sleep(100);
    }
    return await measure(pid, () => samplesTaken);
  } finally {
    for (const child of running.toReversed()) await endProgram(child);
    rmSync(data, { recursive: true, force: true });
  }
}
