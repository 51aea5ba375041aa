import { type Snapshot } from '@closewatch/protocol';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../errors.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { HostedUplink, type HostedRun } from './hosted-uplink.ts';

/**
 * A program for simulated fleets: the uplinks of many hosts in one process. Whoever forked it says over IPC what the
 * hosts saw, and it delivers that exactly as agents do. It ends when it is told to, or when that process is gone
 * (docs/adr/0027).
 */
type Order =
  | {
      readonly kind: 'begin';
      readonly server: string;
      readonly token: string;
      readonly tokenFile?: string;
      readonly folder: string;
    }
  /** A run of a host begins; an earlier one of it ends. */
  | ({ readonly kind: 'run'; readonly host: number } & HostedRun)
  | { readonly kind: 'round'; readonly host: number; readonly snapshots: readonly Snapshot[] }
  | { readonly kind: 'stop' };

/** How things stand, told every second. */
interface Tally {
  readonly kind: 'tally';
  readonly hosts: number;
  readonly connected: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly waiting: number;
  readonly residentBytes: number;
}

type Report =
  | Tally
  | { readonly kind: 'resync'; readonly host: number }
  | { readonly kind: 'said'; readonly host: number; readonly line: string };

const TELL_EVERY_MS = 1_000;
const LAST_FLUSH_MS = 1_000;

const clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
const uplinks = new Map<number, HostedUplink>();
/** What a host is told to do, one after the other. */
const work = new Map<number, Promise<void>>();
const total = { accepted: 0, duplicate: 0, rejected: 0 };
let begun: Extract<Order, { kind: 'begin' }> | undefined;

function report(message: Report): void {
  if (process.connected) process.send?.(message, () => undefined);
}

function afterOthers(host: number, task: () => Promise<void>): void {
  const done = (work.get(host) ?? Promise.resolve()).then(task).catch((error: unknown) => {
    report({ kind: 'said', host, line: messageOf(error) });
  });
  work.set(host, done);
}

async function begin({ host, ...run }: Extract<Order, { kind: 'run' }>): Promise<void> {
  if (begun === undefined) throw new Error('a run began before it was said which server it is for');
  await uplinks.get(host)?.stop(LAST_FLUSH_MS);
  const folder = join(begun.folder, run.agentId);
  mkdirSync(folder, { recursive: true });
  const say = (line: string): void => report({ kind: 'said', host, line });
  const uplink = await HostedUplink.open(run, {
    server: new URL(begun.server),
    token: begun.token,
    tokenFile: begun.tokenFile,
    folder,
    clock,
    log: { info: () => undefined, warn: say },
    onAnswer: ({ accepted, duplicate, rejected }) => {
      total.accepted += accepted;
      total.duplicate += duplicate;
      total.rejected += rejected.length;
    },
    onResync: () => report({ kind: 'resync', host }),
  });
  uplinks.set(host, uplink);
}

function tell(): void {
  const all = [...uplinks.values()];
  report({
    kind: 'tally',
    hosts: all.length,
    connected: all.filter(({ connected }) => connected).length,
    waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    residentBytes: process.memoryUsage.rss(),
    ...total,
  });
}

async function stop(): Promise<void> {
  clearInterval(telling);
  await Promise.all(work.values());
  await Promise.all([...uplinks.values()].map((uplink) => uplink.stop(LAST_FLUSH_MS)));
  tell();
  process.disconnect?.();
}

const telling = setInterval(tell, TELL_EVERY_MS);
// Ctrl-C reaches the whole group; it is for the one who forked us to say when all that was seen has been handed over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => {
  // Nobody comes back for the outboxes of hosts that are not there.
  if (begun !== undefined) rmSync(begun.folder, { recursive: true, force: true });
  process.exit(0);
});
process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'begin':
      begun = order;
      break;
    case 'run':
      afterOthers(order.host, () => begin(order));
      break;
    case 'round':
      afterOthers(order.host, async () => uplinks.get(order.host)?.push(order.snapshots));
      break;
    case 'stop':
      void stop();
      break;
  }
});
tell();
