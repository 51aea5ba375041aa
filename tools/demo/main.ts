#!/usr/bin/env node
/**
 * The product with simulated hosts: `npm run demo`. Exit code 0 after a clean stop, 1 when it could not go on, 2 for a
 * command line that makes no sense.
 */
import { mkdirSync } from 'node:fs';
import { LiveFleet } from '../fleet/live-fleet.ts';
import { DemoServer } from './demo-server.ts';
import { parseDemo, type DemoOptions } from './options.ts';
import { Past } from './past.ts';

const HELP = `Usage: demo [options]

Starts Closewatch with simulated hosts, live and with some days of history, beside any real installation: with a
database, a folder and a port of its own. Ctrl-C stops it all; the next start goes on where this one ended.

Options
  --hosts N    simulated hosts, 1 to 1000 (30)
  --days N     days of history, 0 to 34 (3)
  --seed S     another fleet for each (7)
  --port P     where to find it; 0 takes a free one (8641)
  --data F     its folder, which may be deleted when it is stopped (.demo)
  -h, --help   this text
`;
const INTERVAL_MS = 5_000;
const SAY_EVERY_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function demonstrate(options: DemoOptions, stop: AbortController): Promise<void> {
  const { hosts, days, seed, dataFolder, port } = options;
  mkdirSync(dataFolder, { recursive: true });
  say(`demo: ${hosts} simulated hosts; all of it lives in ${dataFolder}`);
  const server = await DemoServer.start({ port, dataFolder, stop: stop.signal }, say);
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    stop.abort();
  };
  server.onExit(() => {
    if (!stop.signal.aborted) fail(new Error('the server ended, as it says above'));
  });
  let fleet: LiveFleet | undefined;
  try {
    fleet = await LiveFleet.start({
      hosts,
      seed,
      intervalMs: INTERVAL_MS,
      server: server.url,
      token: server.token,
      tokenFile: server.tokenFile,
      clockAheadMs: 0,
      onLine: (line) => say(`demo: ${line}`),
      onFailure: fail,
    });
    const past = new Past(options, server, stop.signal);
    const writing = days === 0 ? Promise.resolve() : writePast(past, options, stop.signal).catch(fail);
    if (!stop.signal.aborted) {
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
    }
    await writing;
    await fleet.stop();
    past.end();
  } catch (error) {
    await fleet?.stop();
    throw error;
  } finally {
    await server.stop();
  }
  if (failure !== undefined) throw failure;
}

async function writePast(past: Past, { days }: DemoOptions, stop: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  let saidAt = startedAt;
  try {
    const written = await past.write((part) => {
      if (performance.now() - saidAt < SAY_EVERY_MS) return;
      saidAt = performance.now();
      say(`demo: writing history, ${Math.floor(part * 100)} %`);
    });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    say(`demo: ${days} days of history${written === undefined ? '' : `, written in ${seconds} s`}`);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

async function main(): Promise<number> {
  const parsed = parseDemo(process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (parsed.kind === 'faults') {
    for (const fault of parsed.faults) console.error(`demo: ${fault}`);
    console.error('demo: --help lists the options');
    return 2;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  // Nobody reads us any more (`npm run demo | head`): then nobody watches either.
  process.stdout.on('error', () => stop.abort());
  try {
    await demonstrate(parsed.options, stop);
    say('demo: stopped');
    return 0;
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return 0;
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
