import { type AddressInfo } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { AgentTokensService } from './accounts/agent-tokens.service.ts';
import { OneTimeCode } from './accounts/one-time-code.ts';
import { createApp } from './app.ts';
import { type Configuration } from './config/configuration.ts';
import { migrate } from './database/data-source.ts';
import { databaseFault } from './database/database-faults.ts';
import { EmbeddedServer } from './database/embedded-server.ts';
import { coerceError } from './errors/coerce-error.ts';
import { LocalAgent } from './local-agent/local-agent.ts';
import { type Clock } from './time/clock.ts';

/** How long a database server of its own may take to come up, as after a start of everything together. */
const DATABASE_WAIT_MS = 60_000;
const DATABASE_RETRY_MS = 1_000;

export interface StartOptions {
  readonly configuration: Configuration;
  readonly webFolder: string;
  /** The agent for this host, dist/agent/main.js. */
  readonly agentProgram: string;
  /** Prints a line for the person who started us. */
  readonly print: (line: string) => void;
  /** Another clock than the machine's, for tests. */
  readonly clock?: Clock;
  /** Gives the start up, wherever it is; it then rejects, and the database server it started is stopped. */
  readonly signal?: AbortSignal;
}

export interface RunningServer {
  readonly url: string;
  /** Stops agent, ingest, sockets, pool and database, in this order. */
  stop(): Promise<void>;
}

/** Starts database, API and local agent; prints the sign-in URL. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { configuration } = options;
  const logger = new Logger('Closewatch');
  await mkdir(configuration.dataFolder, { recursive: true });
  const embedded =
    configuration.databaseUrl === undefined
      ? await EmbeddedServer.start(
          configuration.dataFolder,
          {
            adopted: (pid) => logger.warn(`Took over the database server (pid ${pid}) of a start that was killed.`),
            crashed: (reason) => logger.error(`The database server ended: ${reason}. It is started again.`),
          },
          options.signal,
        )
      : undefined;
  try {
    const databaseUrl = embedded?.databaseUrl ?? configuration.databaseUrl ?? '';
    await orAborted(migrateWhenThere(databaseUrl, logger, options.signal), options.signal);
    const app = await orAborted(
      createApp({
        configuration,
        databaseUrl,
        webFolder: options.webFolder,
        ...(options.clock === undefined ? {} : { clock: options.clock }),
      }),
      options.signal,
    );
    await app.listen(configuration.port, configuration.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = `http://${reachableHost(configuration.host)}:${port}`;
    announce(options, app.get(OneTimeCode), configuration.publicUrl?.href.replace(/\/$/, '') ?? url);
    const agent = configuration.localAgent ? localAgent(options, url, app.get(AgentTokensService), logger) : undefined;
    agent?.start();
    return {
      url,
      stop: async () => {
        await agent?.stop();
        await app.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The work, or a rejection as soon as the signal comes: work that waits for a mute database would never end. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(new Error('The start was given up.'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([work, aborted]);
}

async function migrateWhenThere(databaseUrl: string, logger: Logger, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + DATABASE_WAIT_MS;
  for (;;) {
    try {
      await migrate(databaseUrl);
      return;
    } catch (error) {
      if (databaseFault(error) !== 'away' || Date.now() > deadline) {
        throw new Error(`The database cannot be used: ${coerceError(error).message}`, { cause: error });
      }
      logger.warn(`Waiting for the database: ${coerceError(error).message}`);
      await sleep(DATABASE_RETRY_MS, undefined, { ...(signal === undefined ? {} : { signal }) });
    }
  }
}

function announce({ print }: StartOptions, code: OneTimeCode, url: string): void {
  let first = true;
  code.subscribe((current) => {
    print(first ? 'Closewatch is ready. Sign in once with:' : 'Signed in. For another browser:');
    print(`${url}/sign-in?code=${current}`);
    first = false;
  });
}

function localAgent(
  { configuration, agentProgram }: StartOptions,
  url: string,
  tokens: AgentTokensService,
  logger: Logger,
): LocalAgent {
  return new LocalAgent({
    program: agentProgram,
    environment: {
      ...configuration.agentEnvironment,
      CLOSEWATCH_SERVER: url,
      CLOSEWATCH_TOKEN_FILE: tokens.tokenFile,
      CLOSEWATCH_DATA: configuration.dataFolder,
    },
    log: (message) => logger.warn(message),
  });
}

/** Listening on every address, we are reached on loopback. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  const address = host === '::' ? '::1' : host;
  return address.includes(':') ? `[${address}]` : address;
}
