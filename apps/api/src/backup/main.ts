import { readConfiguration, ConfigurationError } from '../config/configuration.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { readArguments, USAGE, UsageError } from './backup-arguments.ts';
import { openToRead, openToReplace } from './configured-database.ts';
import { checkBackup } from './load-backup.ts';
import { Progress } from './progress.ts';
import { restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

/*
 * `npm run backup` and `npm run restore`: main.js backup|restore [options] FILE. Standard error has the words; exit code 0: done, 1:
 * it failed and nothing was changed, 2: the command line or the configuration makes no sense.
 */
const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

declare const CLOSEWATCH_VERSION: string | undefined;
const VERSION = typeof CLOSEWATCH_VERSION === 'string' ? CLOSEWATCH_VERSION : '0.0.0-source';

const progress = new Progress(process.stderr);

async function main(signal: AbortSignal): Promise<void> {
  const command = readArguments(process.argv.slice(2));
  switch (command.name) {
    case 'help':
      process.stdout.write(USAGE);
      return;
    case 'check':
      await checkBackup(command.file, progress);
      return;
    case 'backup': {
      const configuration = readConfiguration();
      const database = await openToRead(configuration, signal);
      try {
        const { dataFolder } = configuration;
        await takeBackup({ ...command, database, dataFolder, closewatchVersion: VERSION, progress, signal });
      } finally {
        await database.close();
      }
      return;
    }
    case 'restore': {
      const configuration = readConfiguration();
      const { dataFolder, agentToken: configuredToken } = configuration;
      const open = () => openToReplace(configuration, signal);
      await restoreBackup({ ...command, open, dataFolder, configuredToken, progress, signal });
      return;
    }
  }
}

const abort = new AbortController();
// Ctrl-C under npm comes twice; both mean the same.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
main(abort.signal).then(
  () => process.exit(0),
  (thrown: unknown) => {
    const { message } = coerceError(thrown);
    progress.say(message);
    process.exit(thrown instanceof UsageError || thrown instanceof ConfigurationError ? EXIT_USAGE : EXIT_FAILURE);
  },
);
