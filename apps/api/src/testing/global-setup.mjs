import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForTests } from './bundle-for-tests.mjs';

/**
 * Starts the database server of the run; tests find it and the bundled programs in the environment. With
 * CLOSEWATCH_TEST_DATABASE_URL (postgres://user:password@host/database) in the environment the run uses that server.
 */
export default async function globalSetup() {
  const folder = await bundleForTests();
  const { startTestServer } = await import(pathToFileURL(join(folder, 'test-server.js')).href);
  const server = await startTestServer(process.env.CLOSEWATCH_TEST_DATABASE_URL);
  process.env.CLOSEWATCH_TEST_DATABASE_URL = server.url;
  process.env.CLOSEWATCH_TEST_PROGRAMS = folder;
  globalThis.closewatchTestServer = server;
}
