import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { untilSays } from './program.ts';

/** The program that leaks in each way (tools/leak-lab). */
export const LEAK_LAB = resolve(import.meta.dirname, '../../../../tools/leak-lab/main.ts');

/** A scenario on show. */
export interface Scenario {
  readonly program: ChildProcess;
  /** The process to whom the sockets belong. */
  readonly pid: number;
  readonly port: number;
}

/** Starts a scenario with `words` of its command line and waits until its sockets stand. The caller ends the program. */
export async function startScenario(name: string, ...words: string[]): Promise<Scenario> {
  const program = spawn(process.execPath, ['--no-warnings', LEAK_LAB, name, ...words]);
  // One whose sockets must leave the tables first is watched from its first word on.
  const said = await untilSays(program, name === 'keepalive-leak' ? 'listens on' : 'ready ');
  const [, pid, port] = /^ready pid=(\d+) port=(\d+)/m.exec(said) ?? /pid (\d+) listens on \S+:(\d+),/.exec(said) ?? [];
  return { program, pid: Number(pid), port: Number(port) };
}
