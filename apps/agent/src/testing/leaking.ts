import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { untilSays } from './program.ts';

const PROGRAM = resolve(import.meta.dirname, 'leaking-child.ts');

/** Starts a process that holds so many CLOSE_WAIT sockets on a port of loopback. The caller ends it. */
export async function startLeakingChild(
  many: number,
  ...words: string[]
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [PROGRAM, String(many), ...words]);
  const said = await untilSays(child, 'port ');
  return { child, port: Number(/port (\d+)/.exec(said)?.[1]) };
}

/** Tells it `close` or `orphan` and waits until that is done. */
export async function order(child: ChildProcess, word: 'close' | 'orphan'): Promise<void> {
  child.stdin?.write(`${word}\n`);
  await untilSays(child, `done ${word}`);
}
