import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz, type Failure, type Outcome } from './fuzz.ts';
import { PARSERS } from './registry.ts';

/**
 * `npm run fuzz`: spoilt inputs for every parser of the agent and of texts. Exit code 1 when one of them failed, 2 for a
 * command line that makes no sense.
 */
const USAGE = `Usage: npm run fuzz -- [--runs N] [--seed N] [--parser NAME]... [--input N]

  --runs N      inputs, over all parsers (1000000)
  --seed N      the same seed makes the same inputs (1)
  --parser NAME this one alone; may be given several times
  --input N     this input alone, as a failure names it; with one --parser

Parsers: ${PARSERS.map(({ name }) => name).join(', ')}`;

const folder = resolve(import.meta.dirname, '../../dist/fuzz');

process.exitCode = run();

function run(): number {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { parsers, seed, each, first } = options;
  console.log(`seed ${seed}\n${row(['parser', 'inputs', 'inputs/s', 'refused', 'slowest'])}`);
  let [inputs, seconds, failed] = [0, 0, 0];
  for (const parser of parsers) {
    const outcome = fuzz(parser, seed, each, first);
    inputs += outcome.inputs;
    seconds += outcome.seconds;
    failed += outcome.failures.length;
    console.log(told(outcome));
    for (const failure of outcome.failures) tell(failure);
  }
  const rss = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${inputs} inputs in ${seconds.toFixed(1)} s, ${failed} failures, largest RSS ${rss} MiB`);
  return failed > 0 ? 1 : 0;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      parser: { type: 'string', multiple: true },
      input: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.parser?.filter((name) => !PARSERS.some((parser) => parser.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`there is no parser ${unknown.join(', ')}`);
  const parsers = PARSERS.filter(({ name }) => values.parser?.includes(name) ?? true);
  const one = values.input === undefined ? undefined : whole('--input', values.input);
  if (one !== undefined && parsers.length !== 1) throw new Error('--input goes with one --parser');
  return {
    parsers,
    seed: whole('--seed', values.seed),
    each: one === undefined ? Math.ceil(whole('--runs', values.runs) / parsers.length) : 1,
    first: one ?? 0,
    help: values.help,
  };
}

function whole(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${option} must be a whole number, not "${text}"`);
  return Number(text);
}

function told({ parser, inputs, refused, seconds, slowestMs }: Outcome): string {
  const share = `${Math.round((100 * refused) / Math.max(1, inputs))} %`;
  return row([parser, String(inputs), String(Math.round(inputs / seconds)), share, `${slowestMs.toFixed(1)} ms`]);
}

function row([name = '', ...numbers]: readonly string[]): string {
  return [name.padEnd(24), ...numbers.map((text) => text.padStart(10))].join(' ');
}

function tell({ parser, seed, input, why, smallest }: Failure): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${parser}-${seed}-${input}.bin`);
  writeFileSync(file, smallest);
  console.log(`  FAILED: ${why}`);
  console.log(
    `    ${smallest.length} bytes, in ${file}: ${JSON.stringify(smallest.subarray(0, 300).toString('latin1'))}`,
  );
  console.log(`    again: npm run fuzz -- --parser ${parser} --seed ${seed} --input ${input}`);
}
