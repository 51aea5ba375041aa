#!/usr/bin/env node
/**
 * A fleet of simulated hosts: `npm run fleet -- [run|fill] [options]`. Exit code 0 after a clean stop, 1 when it could not
 * go on, 2 for a command line that makes no sense.
 */
import { StatusLine } from '../leak-lab/status-line.ts';
import { fill, type FillProgress } from './filler/filler.ts';
import { packNow } from './filler/pack-now.ts';
import { LiveFleet } from './live-fleet.ts';
import { MOST_DAYS, MOST_HOSTS, parseFleet, type FleetOptions } from './options.ts';
import { clockAhead } from './server-clock.ts';

const HELP = `Usage: fleet [run|fill] [options]

Simulated hosts that push to a Closewatch server as agents do: the same seed makes the same hosts and the same numbers.

Commands
  run   hosts that look and push from now on, until Ctrl-C (the default)
  fill  writes the past of the same hosts, up to now, and ends

Options
  --hosts N         1 to ${MOST_HOSTS} (30)
  --seed S          which fleet it is (7)
  --server URL      where the server is (http://127.0.0.1:8640)
  --token-file F    the server's token for agents (.data/agent-token)
  --interval T      between looks, 5s to 5m (run: 10s, fill: 60s)
  --duration T      run: stop after 30s, 5m, 1h ...
  --days N          fill: how far back, 1 to ${MOST_DAYS} (7); the server takes what its retention keeps
  --parallel N      fill: pushes at a time, 1 to 16 (2)
  --database URL    fill: the server's database, to have it pack at once and not within five minutes
  -h, --help        this text
`;

/** A terminal is written over; a log should not grow by a line a second. */
const STATUS_EVERY_MS = process.stdout.isTTY ? 1_000 : 10_000;
const DAY_MS = 86_400_000;
const MEBIBYTE = 1024 * 1024;

async function run(options: FleetOptions, line: StatusLine, stop: AbortController): Promise<void> {
  const clockAheadMs = await clockAhead(options.server);
  let failure: Error | undefined;
  const onFailure = (error: Error): void => {
    failure ??= error;
    stop.abort();
  };
  const fleet = await LiveFleet.start({ ...options, clockAheadMs, onLine: (text) => line.print(text), onFailure });
  const show = (): void => {
    const { hosts, connected, accepted, rejected, waiting, processes, leftOut, residentBytes } = fleet.tally;
    const own = process.memoryUsage.rss();
    line.show(
      `fleet: ${connected} of ${hosts} hosts connected, ${accepted} snapshots stored` +
        (rejected > 0 ? `, ${rejected} rejected` : '') +
        (waiting > 0 ? `, ${waiting} wait` : '') +
        (leftOut > 0 ? `, ${leftOut} rounds left out` : '') +
        `; ${Math.round((residentBytes + own) / MEBIBYTE)} MiB in ${processes + 1} processes`,
    );
  };
  const status = setInterval(show, STATUS_EVERY_MS);
  const end = options.durationMs === null ? undefined : setTimeout(() => stop.abort(), options.durationMs);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  }
  clearInterval(status);
  clearTimeout(end);
  await fleet.stop();
  show();
  line.print('fleet: stopped');
  if (failure !== undefined) throw failure;
}

async function fillPast(options: FleetOptions, line: StatusLine, stop: AbortController): Promise<void> {
  const untilMs = Date.now() + (await clockAhead(options.server));
  const startedAt = performance.now();
  let shownAt = startedAt;
  const showNow = ({ accepted, duplicate, rejected, part, waits, reason }: FillProgress): void => {
    const seconds = (performance.now() - startedAt) / 1_000;
    line.show(
      `fill: ${Math.floor(part * 100)} %, ${accepted} snapshots stored (${Math.round(accepted / seconds)} a second)` +
        (duplicate > 0 ? `, ${duplicate} were there` : '') +
        (rejected > 0 ? `, ${rejected} rejected: ${reason ?? ''}` : '') +
        (waits > 0 ? `, waited ${waits} times as the server asked` : ''),
    );
  };
  const show = (progress: FillProgress): void => {
    if (performance.now() - shownAt < STATUS_EVERY_MS) return;
    shownAt = performance.now();
    showNow(progress);
  };
  const fromMs = untilMs - options.days * DAY_MS;
  showNow(await fill({ ...options, fromMs, untilMs, stop: stop.signal, onProgress: show }));
  if (options.databaseUrl !== null) {
    line.print('fill: packing');
    await packNow(options.databaseUrl, stop.signal);
  }
  line.print(`fill: done in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
}

async function main(): Promise<number> {
  const parsed = parseFleet(process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (parsed.kind === 'faults') {
    for (const fault of parsed.faults) console.error(`fleet: ${fault}`);
    console.error('fleet: --help lists the commands and options');
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  process.stdout.on('error', () => stop.abort());
  const line = new StatusLine(process.stdout);
  try {
    await (parsed.options.command === 'fill' ? fillPast : run)(parsed.options, line, stop);
    return 0;
  } catch (error) {
    line.end();
    if (stop.signal.aborted && error === stop.signal.reason) return 0;
    console.error(`fleet: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
