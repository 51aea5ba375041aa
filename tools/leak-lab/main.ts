#!/usr/bin/env node
/**
 * The leak lab: real programs on loopback that make real TCP states, to try Closewatch on.
 * `node tools/leak-lab/main.ts SCENARIO [options]`; exit code 0 after a clean stop, 1 when it could not go on, 2 for
 * a command line that makes no sense.
 */
import { beyondLimits, withoutRuntime } from './limits.ts';
import { MAX_COUNT, MAX_RATE, parseArguments, type LabOptions, type Runtime } from './options.ts';
import { SCENARIOS } from './registry.ts';
import type { Scenario } from './scenario.ts';
import { BURNING_LASTS_MS } from './scenarios/stuck.ts';
import { StatusLine } from './status-line.ts';

const STATUS_EVERY_MS = 1_000;
const READY_CHECK_MS = 50;

const HELP = `Usage: leak-lab SCENARIO [options]

Makes real TCP sockets in a bad state, on loopback only, until Ctrl-C.

Scenarios
${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`).join('\n')}

Options
  --count N       sockets to hold, 1 to ${MAX_COUNT} (20)
  --rate R        new connections a second, at most, 1 to ${MAX_RATE} (10)
  --host ADDRESS  127.0.0.1 or ::1 (127.0.0.1)
  --port P        port to listen on, 0 for a free one (0)
  --duration T    stop after 500ms, 30s, 5m ... (until a signal)
  --closer END    time-wait: client or server closes first and keeps TIME_WAIT (client)
  --keepalive T   keepalive-leak: idle time before the server's kernel asks for the peer, in whole seconds (15s)
  --every T       how often saw-tooth sweeps and restart-loop starts anew, and when turnover closes (45s)
  --runtime R     what the program is written in: node, python or c (what the scenario was written for first)
  -h, --help      this text

Programs in Python need python3, and so do most in Node, to end with the lab; programs in C are compiled with gcc. busy and starved
keep one CPU busy and stop after ${BURNING_LASTS_MS / 60_000} minutes unless --duration says otherwise.

A TIME_WAIT lasts 60 s, so a steady R closes a second is --rate R --count 60×R.
When the count is reached it prints: ready pid=PID port=PORT count=COUNT
`;

async function run(scenario: Scenario, options: LabOptions, runtime: Runtime): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(undefined));
  // Nobody reads us any more (`leak-lab | head`): then nobody needs the sockets either.
  process.stdout.on('error', () => stop(undefined));

  const exhibit = await scenario.start(options, runtime);
  const line = new StatusLine(process.stdout);
  const address = options.host.includes(':') ? `[${options.host}]` : options.host;
  const showStatus = (): void =>
    line.show(
      `${scenario.name}: pid ${exhibit.pid} ${exhibit.dials ? 'dials' : 'listens on'} ${address}:${exhibit.port}, ` +
        `holds ${exhibit.held()} ${scenario.makes}`,
    );
  showStatus();
  const status = setInterval(showStatus, STATUS_EVERY_MS);
  const ready = setInterval(() => {
    const held = exhibit.held();
    if (held < options.count) return;
    clearInterval(ready);
    showStatus();
    line.print(`ready pid=${exhibit.pid} port=${exhibit.port} count=${held}`);
  }, READY_CHECK_MS);
  const durationMs = options.durationMs ?? scenario.lastsMs;
  const end = durationMs === undefined ? undefined : setTimeout(() => stop(undefined), durationMs);

  try {
    await Promise.race([stopped, exhibit.broken]);
  } finally {
    clearInterval(status);
    clearInterval(ready);
    clearTimeout(end);
    line.end();
    await exhibit.stop();
  }
  line.print(`${scenario.name}: stopped`);
}

const parsed = parseArguments(
  process.argv.slice(2),
  SCENARIOS.map(({ name }) => name),
);
if (parsed.kind === 'help') {
  process.stdout.write(HELP);
} else if (parsed.kind === 'faults') {
  for (const fault of parsed.faults) console.error(`leak-lab: ${fault}`);
  console.error('leak-lab: --help lists the scenarios and options');
  process.exitCode = 2;
} else {
  const scenario = SCENARIOS.find(({ name }) => name === parsed.scenario);
  if (scenario === undefined) throw new Error(`the registry lost ${parsed.scenario}`);
  const [usual] = scenario.runtimes;
  const runtime = parsed.options.runtime ?? usual;
  const refusal = withoutRuntime(scenario, runtime) ?? beyondLimits(scenario, parsed.options);
  if (refusal !== undefined) {
    console.error(`leak-lab: ${refusal}`);
    process.exitCode = 2;
  } else {
    try {
      await run(scenario, parsed.options, runtime);
    } catch (error) {
      console.error(`leak-lab: ${scenario.name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
