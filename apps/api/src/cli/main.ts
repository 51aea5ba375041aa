import { coerceError } from '../errors/coerce-error.ts';
import { checkRules } from './check-rules.ts';
import { readCommandLine, USAGE, UsageError } from './command-line.ts';

/* The program `closewatch`: what the API has to say on a command line, without a database or a running server. */

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const command = readCommandLine(process.argv.slice(2));
  switch (command.name) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'rules check': {
      const { taken, lines } = await checkRules(command.file);
      (taken ? process.stdout : process.stderr).write(`${lines.join('\n')}\n`);
      return taken ? 0 : EXIT_REFUSED;
    }
  }
}

main().then(
  (exitCode) => (process.exitCode = exitCode),
  (thrown: unknown) => {
    process.stderr.write(`closewatch: ${coerceError(thrown).message}\n`);
    process.exitCode = thrown instanceof UsageError ? EXIT_USAGE : EXIT_REFUSED;
  },
);
