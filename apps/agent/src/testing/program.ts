import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Waits until `text` has appeared on the program's standard output; rejects with what it said when it ends before. */
export async function untilSays(program: ChildProcess, text: string): Promise<void> {
  const { stdout, stderr } = program;
  if (stdout === null) throw new Error('the program has no standard output to read');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.includes(text)) resolve();
    });
    stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    program.once('error', reject);
    program.once('exit', (code, signal) => reject(new Error(`ended (${code ?? signal}) before "${text}": ${said}`)));
  });
}

/** Ends a program that a test has started and waits until it is gone; returns its exit code. */
export async function ended(program: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (program.exitCode === null && program.signalCode === null) {
    const exit = once(program, 'exit');
    program.kill(signal);
    await exit;
  }
  return program.exitCode;
}
