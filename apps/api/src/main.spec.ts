import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type PushAnswer } from '@closewatch/protocol';
import { EmbeddedServer } from './database/embedded-server.ts';
import { findPostmaster } from './database/postmaster-file.ts';
import { ApiProcess } from './testing/api-process.ts';
import { buildPush, buildSnapshot, iso } from './testing/push-builder.ts';

/** One for all: making a cluster is what takes time. */
let folder: string;
const running: ApiProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-main-'));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  for (const api of running.splice(0)) if (api.child.exitCode === null) await api.end('SIGKILL');
  while ((await findPostmaster(join(folder, 'postgres/data'))) !== undefined) await sleep(50);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function start(environment: Record<string, string> = {}): ApiProcess {
  const api = new ApiProcess(folder, environment);
  running.push(api);
  return api;
}

describe('the program', () => {
  it('prints the sign-in URL, keeps its secrets to itself, and stops cleanly on SIGTERM', async () => {
    const api = start();
    const url = await api.ready();
    expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?code=[\w-]{32}$/);
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    for (const name of ['agent-token', 'postgres-password']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
    const secrets = [await api.token(), (await readFile(join(folder, 'postgres-password'), 'utf8')).trim()];
    const askedAt = Date.now();
    expect(await api.end('SIGTERM')).toBe(0);
    expect(Date.now() - askedAt).toBeLessThan(5_000);
    expect(await findPostmaster(join(folder, 'postgres/data'))).toBeUndefined();
    for (const secret of secrets) expect(api.errors + api.lines.join('\n')).not.toContain(secret);
  });

  it('prints a fresh URL when the code was used', async () => {
    const api = start();
    const url = await api.ready();
    await fetch(new URL('/api/v1/session', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: url.searchParams.get('code') }),
    });
    while (api.lines.filter((line) => line.startsWith('http')).length < 2) await sleep(20);
    const [first, second] = api.lines.filter((line) => line.startsWith('http'));
    expect(second).not.toBe(first);
    expect(await api.end('SIGINT')).toBe(0);
  });

  it('stops with all faults of its configuration and exit code 2', async () => {
    const api = start({ PORT: 'x', CLOSEWATCH_LOCAL_AGENT: 'maybe', CLOSEWATCH_TOKEN_FILE: '/nowhere' });
    expect(await api.exitCode()).toBe(2);
    for (const name of ['PORT', 'CLOSEWATCH_LOCAL_AGENT', 'CLOSEWATCH_TOKEN_FILE']) expect(api.errors).toContain(name);
  });

  it('says so when another one runs on its data folder, and leaves that one alone', async () => {
    const first = start();
    const url = await first.ready();
    const second = start();
    expect(await second.exitCode()).toBe(1);
    expect(second.errors).toContain('Another Closewatch is running');
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    expect(await first.end('SIGTERM')).toBe(0);
  });

  it('says so when its port is taken', async () => {
    const first = start();
    const { port } = await first.ready();
    const other = new ApiProcess(join(folder, 'other'), { PORT: port });
    running.push(other);
    expect(await other.exitCode()).toBe(1);
    expect(other.errors).toContain(`${port}`);
    expect(await findPostmaster(join(folder, 'other/postgres/data'))).toBeUndefined();
  });
});

describe('killed by SIGKILL while an agent pushes, and started again', () => {
  it('has every acknowledged snapshot once', async () => {
    const push = buildPush();
    const begin = Date.now() - 120_000;
    const acknowledged: string[] = [];
    let index = 0;
    // The agent's way: the same snapshot again until it is acknowledged.
    const pushNext = async (url: URL, token: string): Promise<void> => {
      const takenAt = iso(begin + index);
      const response = await fetch(new URL('/api/v1/snapshots', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ ...push, snapshots: [buildSnapshot({ seq: index, takenAt })] }),
      });
      if (response.status !== 200) return;
      const { accepted, duplicate } = (await response.json()) as PushAnswer;
      expect(accepted + duplicate).toBe(1);
      acknowledged.push(takenAt);
      index++;
    };
    for (let round = 0; round < 3; round++) {
      const api = start();
      const url = await api.ready();
      const token = await api.token();
      const enough = acknowledged.length + 50;
      let killed: Promise<unknown> | undefined;
      while (killed === undefined || api.child.signalCode === null) {
        await pushNext(url, token).catch(() => undefined);
        if (acknowledged.length >= enough) killed ??= api.end('SIGKILL');
      }
      await killed;
    }
    const server = await EmbeddedServer.start(folder);
    const client = new pg.Client({ connectionString: server.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ at: Date }>('SELECT taken_at AS at FROM snapshot ORDER BY taken_at');
    await client.end();
    await server.stop();
    const stored = rows.map(({ at }) => at.toISOString());
    expect(acknowledged.length).toBeGreaterThanOrEqual(150);
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    // At most the one whose acknowledgement the kill swallowed.
    expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
  }, 90_000);
});
