import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findPostmaster } from './database/postmaster-file.ts';
import { ApiProcess } from './testing/api-process.ts';

const LIMIT_MS = 2_000;

let folder: string;
let api: ApiProcess | undefined;
let mute: Server | undefined;
const held = new Set<Socket>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-stopped-'));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  if (api?.child.exitCode === null) await api.end('SIGKILL');
  for (const socket of held) socket.destroy();
  mute?.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A server that takes connections and never says a word. */
async function muteDatabase(): Promise<string> {
  mute = createServer((socket) => held.add(socket.on('error', () => undefined)));
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  return `postgres://nobody:secret@127.0.0.1:${(mute.address() as AddressInfo).port}/closewatch`;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`It did not come about; the program said: ${said(api)}`);
  }
}

const said = (program: ApiProcess | undefined): string => `${program?.lines.join('\n')}\n${program?.errors}`;

/** Asks the program to stop and expects it to do so, soon and without complaint. */
async function expectStop(running: ApiProcess, signal: NodeJS.Signals): Promise<void> {
  const askedAt = Date.now();
  expect(await running.end(signal)).toBe(0);
  expect(Date.now() - askedAt).toBeLessThan(LIMIT_MS);
  expect(said(running)).not.toContain('sign-in');
}

describe('asked to stop while it starts, the program ends within two seconds', () => {
  it('when its database is away', async () => {
    api = new ApiProcess(folder, { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/closewatch' });
    await until(() => said(api).includes('Waiting for the database'));
    await expectStop(api, 'SIGTERM');
  });

  it('when its database does not answer', async () => {
    api = new ApiProcess(folder, { DATABASE_URL: await muteDatabase() });
    await until(() => held.size > 0);
    await expectStop(api, 'SIGTERM');
  });

  it('when its database still does not answer, for which it goes on waiting', async () => {
    api = new ApiProcess(folder, { DATABASE_URL: await muteDatabase() });
    await until(() => said(api).includes('Waiting for the database'));
    await expectStop(api, 'SIGINT');
  });

  it.each([300, 700, 1_200])('when it makes its own database, after %d ms', async (afterMs) => {
    const own = join(folder, `own-${afterMs}`);
    api = new ApiProcess(own);
    await sleep(afterMs);
    const askedAt = Date.now();
    const code = await api.end('SIGINT');
    expect(Date.now() - askedAt).toBeLessThan(LIMIT_MS);
    // So early that nothing of ours has run yet, the signal itself ends it.
    expect([0, null]).toContain(code);
    await until(async () => (await findPostmaster(join(own, 'postgres/data'))) === undefined);
  });
});
