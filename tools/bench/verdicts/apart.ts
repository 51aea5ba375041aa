import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { isInstalled } from '../../programs/is-installed.ts';
import { type BenchResult } from '../bench.ts';

/** Processes, mounts and network of their own; all of it ends with whoever asked for it. */
const APART = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Why this user or machine cannot have namespaces; undefined: they can be had. */
export function obstacleToApart(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make namespaces';
  if (!isInstalled('unshare', 'ip')) return 'unshare or ip is not installed (Debian: util-linux, iproute2)';
  try {
    execFileSync('unshare', [...APART, 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return `unshare does not work here: ${String(error)}`;
  }
}

/** Runs the benchmark where no other program's sockets and processes are seen. */
export async function runApart(words: readonly string[]): Promise<BenchResult> {
  const program = ['--no-warnings', join(import.meta.dirname, 'inside.ts'), ...words];
  const script = 'ip link set lo up && exec "$@"';
  const child = spawn('unshare', [...APART, 'sh', '-c', script, 'sh', process.execPath, ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (told += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the benchmark ended with ${code}: ${told}`);
  return deserialize(Buffer.from(told, 'base64')) as BenchResult;
}
