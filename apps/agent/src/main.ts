// Before anything else makes objects.
import './small-heap.ts';
import { UsageError, parseCommandLine, type CommandLine } from './commands/command-line.ts';
import { counts } from './commands/counts.ts';
import { doctor } from './commands/doctor.ts';
import { EXIT } from './commands/exit-codes.ts';
import { HELP } from './commands/help.ts';
import { leaks } from './commands/leaks.ts';
import { run } from './commands/run.ts';
import { untilTold } from './commands/stop-signals.ts';
import { watch } from './commands/watch.ts';
import { EnvironmentError, dataFolderIn, isConfigured, languageIn, readEnvironment } from './environment.ts';
import { messageOf } from './errors.ts';
import { logTo } from './log.ts';
import { paintFor } from './terminal/paint.ts';
import { plainScreen, terminalScreen } from './terminal/screen.ts';
import { VERSION } from './version.ts';

const PROC_ROOT = '/proc';
const GROUP_ROOT = '/sys/fs/cgroup';

// Whoever reads us may have had enough (`closewatch-agent leaks | head`).
process.stdout.on('error', () => process.exit(EXIT.ok));
// A log that nobody takes any more must not end the agent.
process.stderr.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  try {
    return await carryOut(parseCommandLine(words));
  } catch (error) {
    if (error instanceof EnvironmentError) {
      process.stderr.write(`closewatch-agent cannot start:\n${error.faults.map((fault) => `  - ${fault}\n`).join('')}`);
      return EXIT.usage;
    }
    process.stderr.write(`closewatch-agent: ${messageOf(error)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

async function carryOut(line: CommandLine): Promise<number> {
  const stdout = process.stdout;
  const paint = paintFor(stdout);
  switch (line.command) {
    case 'help':
      stdout.write(HELP);
      return EXIT.ok;
    case 'version':
      stdout.write(`${VERSION}\n`);
      return EXIT.ok;
    case 'run':
      await run({
        environment: readEnvironment(),
        source: line.source,
        procRoot: PROC_ROOT,
        groupRoot: GROUP_ROOT,
        log: logTo(process.stderr),
      });
      return EXIT.ok;
    case 'counts': {
      const { output, missing } = await counts({ ...line, procRoot: PROC_ROOT });
      return told(output, missing, EXIT.ok);
    }
    case 'leaks': {
      const language = line.language ?? languageIn();
      const width = stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
      const { output, missing, exitCode } = await leaks({ ...line, language, procRoot: PROC_ROOT, width, paint });
      return told(output, missing, exitCode);
    }
    case 'watch': {
      const language = line.language ?? languageIn();
      const screen = stdout.isTTY && !line.json ? terminalScreen(stdout) : plainScreen(stdout);
      const stop = untilTold();
      try {
        await watch({ ...line, language, procRoot: PROC_ROOT, screen, paint, stop: stop.signal });
      } finally {
        stop.release();
      }
      return EXIT.ok;
    }
    case 'doctor': {
      const { output, exitCode } = await doctor({
        json: line.json,
        procRoot: PROC_ROOT,
        groupRoot: GROUP_ROOT,
        dataFolder: dataFolderIn(),
        configured: isConfigured(),
        readEnvironment: () => readEnvironment(),
        paint,
      });
      return told(output, [], exitCode);
    }
  }
}

/** Results go to stdout; what could not be read goes to stderr, so that a pipe gets results alone. */
function told(output: string, missing: readonly string[], exitCode: number): number {
  process.stdout.write(output);
  for (const lack of missing) process.stderr.write(`closewatch-agent: ${lack}\n`);
  return exitCode;
}
