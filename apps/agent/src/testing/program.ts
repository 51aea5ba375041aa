import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for a line with `text` on the program's standard output, from now on; resolves to what it said till then.
 * Rejects with what it said when it ends before.
 */
export function untilSays(program: ChildProcess, text: string): Promise<string> {
  const { stdout, stderr } = program;
  if (stdout === null) throw new Error('the program has no standard output to read');
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (piece: Buffer): void => {
      said += piece.toString();
      const found = said.indexOf(text);
      if (found === -1 || !said.includes('\n', found)) return;
      stop();
      resolve(said);
    };
    const note = (piece: Buffer): void => void (said += piece.toString());
    const end = (code: number | null, signal: string | null): void => {
      stop();
      reject(new Error(`ended (${code ?? signal}) before "${text}": ${said}`));
    };
    const stop = (): void => {
      stdout.off('data', listen);
      stderr?.off('data', note);
      program.off('exit', end);
    };
    stdout.on('data', listen);
    stderr?.on('data', note);
    program.once('exit', end);
    program.once('error', reject);
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
