import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForTests } from './bundle-for-tests.mjs';

/**
 * Starts the database server of the run; tests find it and the bundled programs in the environment. With
 * CLOSEWATCH_TEST_DATABASE_URL (postgres://user:password@host/database) in the environment the run uses that server, with
 * CLOSEWATCH_TEST_POSTGRES (/usr/lib/postgresql/15) it starts that version.
 */
export default async function globalSetup() {
  const folder = await bundleForTests();
  const { startTestServer } = await import(pathToFileURL(join(folder, 'test-server.js')).href);
  const server = await startTestServer({
    url: process.env.CLOSEWATCH_TEST_DATABASE_URL,
    installation: process.env.CLOSEWATCH_TEST_POSTGRES,
  });
  process.env.CLOSEWATCH_TEST_DATABASE_URL = server.url;
  process.env.CLOSEWATCH_TEST_PROGRAMS = folder;
  globalThis.closewatchTestServer = server;
}
