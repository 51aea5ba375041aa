import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForTests } from './bundle-for-tests.mjs';

/** Starts the database server of the run; tests find it and the bundled programs in the environment. */
export default async function globalSetup() {
  const folder = await bundleForTests();
  const { startTestServer } = await import(pathToFileURL(join(folder, 'test-server.js')).href);
  const server = await startTestServer();
  process.env.CLOSEWATCH_TEST_DATABASE_URL = server.url;
  process.env.CLOSEWATCH_TEST_PROGRAMS = folder;
  globalThis.closewatchTestServer = server;
}
