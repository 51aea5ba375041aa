// Before anything else makes objects.
import './small-heap.ts';
import { type Source } from '@closewatch/protocol';
import { parseArgs } from 'node:util';
import { counts } from './commands/counts.ts';
import { HELP } from './commands/help.ts';
import { run } from './commands/run.ts';
import { EnvironmentError, readEnvironment } from './environment.ts';
import { messageOf } from './errors.ts';
import { logTo } from './log.ts';
import { SOURCES } from './uplink/contract.ts';
import { VERSION } from './version.ts';

const PROC_ROOT = '/proc';
const FAULTY_USE = 2;
const COMMANDS = ['run', 'counts'] as const;

/** A command line that means nothing; the message says what would. */
class UsageError extends Error {}

process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  try {
    const { command, source, json, help, version } = parseCommandLine(words);
    if (help) process.stdout.write(HELP);
    else if (version) process.stdout.write(`${VERSION}\n`);
    else if (command === 'counts') await printCounts(json, source);
    else await run({ environment: readEnvironment(), source, procRoot: PROC_ROOT, log: logTo(process.stderr) });
    return 0;
  } catch (error) {
    if (error instanceof EnvironmentError) {
      process.stderr.write(`closewatch-agent cannot start:\n${error.faults.map((fault) => `  - ${fault}\n`).join('')}`);
      return FAULTY_USE;
    }
    process.stderr.write(`closewatch-agent: ${messageOf(error)}\n`);
    return error instanceof UsageError ? FAULTY_USE : 1;
  }
}

async function printCounts(json: boolean, source: Source | undefined): Promise<void> {
  const { output, missing } = await counts({ json, source, procRoot: PROC_ROOT });
  process.stdout.write(output);
  for (const lack of missing) process.stderr.write(`closewatch-agent: ${lack}\n`);
}

function parseCommandLine(words: string[]) {
  const { values, positionals } = readWords(words);
  const [command, ...more] = positionals;
  const { help = false, version = false, json = false } = values;
  if (help || version) return { command, json, help, version, source: undefined };
  if (command === undefined) throw new UsageError('name a command: run or counts (see --help)');
  if (!COMMANDS.some((known) => known === command)) {
    throw new UsageError(`there is no command "${command}"; there are run and counts (see --help)`);
  }
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" means nothing after ${command} (see --help)`);
  if (json && command !== 'counts') throw new UsageError('--json goes with counts (see --help)');
  const source = SOURCES.find((name) => name === values.source);
  if (values.source !== undefined && source === undefined) {
    throw new UsageError(`--source is ${SOURCES.join(' or ')}, not "${values.source}"`);
  }
  return { command, json, help, version, source };
}

function readWords(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        source: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    throw new UsageError(`${messageOf(error)} (see --help)`, { cause: error });
  }
}
