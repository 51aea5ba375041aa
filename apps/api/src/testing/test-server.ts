import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../database/data-source.ts';
import { EmbeddedServer } from '../database/embedded-server.ts';

export const TEMPLATE = 'closewatch_template';

/** One PostgreSQL for a test run, with a migrated template to clone databases from. */
export async function startTestServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'closewatch-test-'));
  // Started by root, the server is somebody else, who has to get in.
  await chmod(folder, 0o755);
  const server = await EmbeddedServer.start(folder);
  const admin = new pg.Client({ connectionString: server.databaseUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  await migrate(withDatabase(server.databaseUrl, TEMPLATE));
  return {
    url: server.databaseUrl,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/\/[^/]*$/, `/${database}`);
}
