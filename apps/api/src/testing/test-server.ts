import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../database/data-source.ts';
import { EmbeddedServer } from '../database/embedded-server.ts';
import { startDebianServer } from './debian-server.ts';

export const TEMPLATE = 'closewatch_template';

interface TestServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Which server a run uses instead of the embedded one; an empty text is none. */
interface OtherServer {
  /** It runs already; its user may make databases. */
  readonly url?: string;
  /** Where another version is installed, /usr/lib/postgresql/15, that the run starts for itself. */
  readonly installation?: string;
}

/** One PostgreSQL for a test run, with a migrated template to clone databases from. */
export async function startTestServer({ url = '', installation = '' }: OtherServer = {}): Promise<TestServer> {
  const server = await serverOf(url, installation);
  await dropTemplate(server.url);
  await runOn(server.url, `CREATE DATABASE ${TEMPLATE}`);
  await migrate(withDatabase(server.url, TEMPLATE));
  return server;
}

async function serverOf(url: string, installation: string): Promise<TestServer> {
  if (url !== '') return { url, stop: () => dropTemplate(url) };
  return installation === '' ? ownServer() : startDebianServer(installation);
}

async function ownServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'closewatch-test-'));
  // Started by root, the server is somebody else, who has to get in.
  await chmod(folder, 0o755);
  const server = await EmbeddedServer.start(folder);
  return {
    url: server.databaseUrl,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A run that was killed leaves it behind on a server that is not its own. */
function dropTemplate(url: string): Promise<void> {
  return runOn(url, `DROP DATABASE IF EXISTS ${TEMPLATE}`);
}

async function runOn(url: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/\/[^/]*$/, `/${database}`);
}
