import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeProc } from './fake-proc.ts';

/** What a thread of a test's own making shows; times in milliseconds. */
export interface FakeThread {
  readonly state?: string;
  readonly run?: number;
  readonly wait?: number;
  readonly wchan?: string;
  readonly syscall?: string;
  readonly startTicks?: number;
}

/** Gives a process of a {@link FakeProc} these threads, by id, and no others. */
export function setThreads(
  proc: FakeProc,
  pid: number,
  threads: ReadonlyMap<number, FakeThread>,
  cpuMs = 0,
  startTicks = 100,
): void {
  const folder = join(proc.root, String(pid));
  const stat = (id: number, state: string, start: number): string =>
    `${id} (app) ${state}${' 0'.repeat(10)} ${Math.round(cpuMs / 10)}${' 0'.repeat(5)} ${threads.size} 0 ${start} 0 0\n`;
  writeFileSync(join(folder, 'stat'), stat(pid, 'S', startTicks));
  rmSync(join(folder, 'task'), { recursive: true, force: true });
  for (const [tid, thread] of threads) {
    const { state = 'S', run = 0, wait = 0, wchan = '0', syscall = 'running', startTicks: start = 100 } = thread;
    const task = join(folder, 'task', String(tid));
    mkdirSync(task, { recursive: true });
    writeFileSync(join(task, 'stat'), stat(tid, state, start));
    writeFileSync(join(task, 'schedstat'), `${Math.round(run * 1e6)} ${Math.round(wait * 1e6)} 7\n`);
    writeFileSync(join(task, 'wchan'), wchan);
    writeFileSync(join(task, 'syscall'), syscall);
  }
}
