import { fileURLToPath } from 'node:url';
import { startChild, type ChildProgram } from '../child-program.ts';
import type { LabOptions, Runtime } from '../options.ts';
import { compiledServer } from './compiled-server.ts';
import type { LeakingServer } from './leaking-server.ts';

/** What a server apart can do wrong, by the names of the scenarios. */
export type Habit =
  | 'code-leak'
  | 'not-reading'
  | 'half-close'
  | 'never-accepted'
  | 'stopped'
  | 'busy'
  | 'starved'
  | 'lock'
  | 'file-lock'
  | 'pipe'
  | 'uninterruptible'
  | 'keepalive-leak'
  | 'inherited'
  | 'send-blocked'
  | 'kernel-owned'
  | 'turnover'
  | 'idle-pool'
  | 'burst'
  | 'slow-consumer'
  | 'saw-tooth'
  | 'restart-loop';

/** Those that close what they have, sooner or later: new ones may always come. */
const PASSING: ReadonlySet<Habit> = new Set<Habit>(['turnover', 'saw-tooth', 'restart-loop']);

/** A line from the server: it listens, it cannot, or it holds so many sockets; `pid` is of whoever holds them. */
interface ServerNews {
  readonly pid?: number;
  readonly port?: number;
  readonly failure?: string;
  readonly held?: number;
}

/** What the server is told, as its one argument in JSON; in C as words KEY=VALUE. */
export interface ServerOrders {
  readonly habit: Habit;
  readonly host: string;
  readonly port: number;
  readonly count: number;
  readonly keepaliveSeconds: number;
  readonly everySeconds: number;
}

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the leaking server in a process of its own, so that it may be stopped, busy or blocked. Rejects when what it needs
 * is missing or the port is taken.
 */
export async function startServerApart(
  habit: Habit,
  { host, port: wantedPort, count, keepaliveMs, everyMs }: LabOptions,
  runtime: Runtime,
): Promise<LeakingServer> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<{ pid: number; port: number }>();
  let pid = 0;
  let held = 0;
  const onNews = (news: ServerNews): void => {
    pid = news.pid ?? pid;
    held = news.held ?? held;
    if (news.failure !== undefined) reject(new Error(news.failure));
    if (news.port !== undefined) resolve({ pid, port: news.port });
  };
  const keepaliveSeconds = keepaliveMs / 1_000;
  const orders = { habit, host, port: wantedPort, count, keepaliveSeconds, everySeconds: everyMs / 1_000 };
  const child = await startProgram(runtime, orders, onNews);
  try {
    const { port } = await Promise.race([listening, child.broken]);
    return {
      get pid() {
        return pid;
      },
      port,
      // What nobody accepts only the peer can count.
      held: (arrived) => (habit === 'never-accepted' ? arrived : Math.min(held, arrived)),
      lacking: (arrived) => (PASSING.has(habit) ? count : count - arrived),
      broken: child.broken,
      stop: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function startProgram(
  runtime: Runtime,
  orders: ServerOrders,
  onNews: (news: ServerNews) => void,
): Promise<ChildProgram> {
  if (runtime === 'c') {
    const { path, remove } = await compiledServer();
    const words = Object.entries(orders).map(([key, value]) => `${key}=${value}`);
    const child = startChild('server', path, words, onNews);
    return { ...child, stop: () => child.stop().finally(remove) };
  }
  const json = JSON.stringify(orders);
  // -B: no compiled Python is left in the repository.
  const python = ['-B', pathOf('server.py'), json];
  // What Node has no call for: to be bound to a CPU, and to end with its parent however stuck it is.
  const node = [
    '-B',
    pathOf('as_child.py'),
    orders.habit,
    process.execPath,
    ...process.execArgv,
    pathOf('node-server.ts'),
    json,
  ];
  return startChild('server', 'python3', runtime === 'python' ? python : node, onNews);
}
