import { fileURLToPath } from 'node:url';
import { startChild } from '../child-program.ts';
import type { LabOptions } from '../options.ts';
import type { LeakingServer } from './leaking-server.ts';

/** What server.py can do wrong, by the names of the scenarios. */
export type Habit =
  'never-accepted' | 'stopped' | 'busy' | 'starved' | 'lock' | 'file-lock' | 'pipe' | 'keepalive-leak' | 'inherited';

/** A line from server.py: it listens, it cannot, or it holds so many sockets; `pid` is of whoever holds them. */
interface ServerNews {
  readonly pid?: number;
  readonly port?: number;
  readonly failure?: string;
  readonly held?: number;
}

const program = fileURLToPath(new URL('server.py', import.meta.url));

/**
 * Starts the leaking server in a process of its own, so that it may be stopped, busy or blocked. In Python: Node keeps a
 * thread in epoll_wait whatever its program does, and has no flock. Rejects when python3 is missing or the port is taken.
 */
export async function startServerApart(
  habit: Habit,
  { host, port: wantedPort, count, keepaliveMs }: LabOptions,
): Promise<LeakingServer> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<{ pid: number; port: number }>();
  let pid = 0;
  let held = 0;
  const orders = { habit, host, port: wantedPort, count, keepaliveSeconds: keepaliveMs / 1_000 };
  // -B: no compiled Python is left in the repository.
  const child = startChild<ServerNews>('server', 'python3', ['-B', program, JSON.stringify(orders)], (news) => {
    pid = news.pid ?? pid;
    held = news.held ?? held;
    if (news.failure !== undefined) reject(new Error(news.failure));
    if (news.port !== undefined) resolve({ pid, port: news.port });
  });
  try {
    const { port } = await Promise.race([listening, child.broken]);
    return {
      get pid() {
        return pid;
      },
      port,
      // What nobody accepts only the peer can count.
      held: (arrived) => (habit === 'never-accepted' ? arrived : Math.min(held, arrived)),
      lacking: (arrived) => count - arrived,
      broken: child.broken,
      stop: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
