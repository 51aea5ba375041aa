import { execFileSync } from 'node:child_process';

/** Whether all these commands are on the PATH. */
export function isInstalled(...commands: readonly string[]): boolean {
  try {
    for (const command of commands) execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
