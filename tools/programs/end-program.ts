import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const USUAL_PATIENCE_MS = 5_000;

/**
 * Ends a program that we started and waits until it is gone: `ask` tells it to end (SIGTERM, unless it is told
 * otherwise), SIGKILL follows when it has not after `patienceMs`.
 */
export async function endProgram(
  child: ChildProcess,
  patienceMs = USUAL_PATIENCE_MS,
  ask: () => void = () => child.kill('SIGTERM'),
): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  ask();
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(impatience);
}
