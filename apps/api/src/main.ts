import { join } from 'node:path';
import { ConfigurationError, readConfiguration } from './config/configuration.ts';
import { coerceError, isError } from './errors/coerce-error.ts';
import { startServer } from './server.ts';

/** Faults of the configuration, as usage errors are wont to. */
const EXIT_CONFIGURATION = 2;
const EXIT_FAILURE = 1;
const EXIT_FORCED = 130;
/** Ctrl-C under `npm start` comes twice, from the terminal and from npm: that is one request. */
const ONE_REQUEST_MS = 500;
/** A start that was asked to stop gets this long to put away what it has begun. The database ends with us anyway. */
const GIVE_UP_MS = 1_500;

async function main(abort: AbortController): Promise<void> {
  const configuration = readConfiguration();
  const dist = join(import.meta.dirname, '..');
  let started = false;
  let askedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second request means: now. The database recovers by its own log.
      if (askedAt !== undefined && performance.now() - askedAt > ONE_REQUEST_MS) process.exit(EXIT_FORCED);
      askedAt ??= performance.now();
      abort.abort();
      if (!started) setTimeout(() => process.exit(0), GIVE_UP_MS).unref();
    });
  }
  const server = await startServer({
    configuration,
    webFolder: join(dist, 'web/browser'),
    agentProgram: join(dist, 'agent/main.js'),
    print: (line) => process.stdout.write(`${line}\n`),
    signal: abort.signal,
  });
  started = true;
  if (!abort.signal.aborted) {
    await new Promise((resolve) => abort.signal.addEventListener('abort', resolve, { once: true }));
  }
  await server.stop();
  process.exit(0);
}

const abort = new AbortController();
main(abort).catch((thrown: unknown) => {
  // Asked to stop while it was still starting: what it had started is stopped by now.
  if (abort.signal.aborted) process.exit(0);
  const error = coerceError(thrown);
  process.stderr.write(`closewatch: ${error.message}\n`);
  if (isError(error.cause)) process.stderr.write(`  caused by: ${error.cause.message}\n`);
  process.exit(error instanceof ConfigurationError ? EXIT_CONFIGURATION : EXIT_FAILURE);
});
