import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type PushAnswer } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { migrate } from './data-source.ts';
import { databaseFault } from './database-faults.ts';
import { EmbeddedServer } from './embedded-server.ts';

let folder: string;
let server: EmbeddedServer;
let api: TestApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-away-'));
  await chmod(folder, 0o755);
  server = await EmbeddedServer.start(folder);
  await migrate(server.databaseUrl);
  api = await TestApi.start({ databaseUrl: server.databaseUrl });
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function storedSnapshots(agentId: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ at: Date }>(
    'SELECT taken_at AS at FROM snapshot JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at',
    [agentId],
  );
  await client.end();
  return rows.map(({ at }) => at.toISOString());
}

describe('while the database is away', () => {
  it('a push is 503 with Retry-After, never 500, and nothing acknowledged is lost', async () => {
    const cookie = await api.signIn();
    const start = Date.now() - 60_000;
    const push = buildPush();
    const acknowledged: string[] = [];
    const refused = new Set<number>();
    let pushing = true;
    const agent = (async () => {
      for (let index = 0; pushing; index++) {
        const takenAt = iso(start + index);
        const answer = await api.push({ ...push, snapshots: [buildSnapshot({ seq: index, takenAt })] });
        if (answer.status === 200) {
          acknowledged.push(takenAt);
          expect((answer.body as PushAnswer).accepted + (answer.body as PushAnswer).duplicate).toBe(1);
          continue;
        }
        refused.add(errorOf(answer).statusCode);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        index--;
        await sleep(20);
      }
    })();
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL'] as const) {
      const before = acknowledged.length;
      while (acknowledged.length < before + 20) await sleep(10);
      process.kill((await server.pid()) ?? 0, signal);
      await sleep(100);
      expect([200, 503]).toContain((await api.request('GET', '/health/ready')).status);
      expect([200, 503]).toContain((await api.request('GET', '/api/v1/hosts', { headers: { cookie } })).status);
      expect((await api.request('GET', '/health/live')).status).toBe(200);
    }
    const last = acknowledged.length;
    while (acknowledged.length < last + 5) await sleep(10);
    pushing = false;
    await agent;
    expect([...refused]).toEqual([503]);
    const stored = await storedSnapshots(push.agentId);
    expect(stored.filter((at, index) => stored.indexOf(at) !== index)).toEqual([]);
    expect(acknowledged.filter((at) => !stored.includes(at))).toEqual([]);
  }, 60_000);
});

describe('databaseFault', () => {
  it.each([
    ['away', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['away', Object.assign(new Error('starting up'), { code: '57P03' })],
    ['away', Object.assign(new Error('idle in a transaction'), { code: '25P03' })],
    ['away', Object.assign(new Error('connect'), { code: 'ENOENT', syscall: 'connect' })],
    ['away', new Error('Connection terminated unexpectedly')],
    ['away', new Error('timeout expired')],
    ['away', new Error('wrapped', { cause: Object.assign(new Error('deadlock'), { code: '40P01' }) })],
    ['refused', Object.assign(new Error('out of range'), { code: '22003' })],
    ['refused', Object.assign(new Error('check'), { code: '23514' })],
    ['other', Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' })],
    ['other', Object.assign(new Error('syntax'), { code: '42601' })],
    ['other', 'a string'],
  ])('is %s for %s', (fault, error) => {
    expect(databaseFault(error)).toBe(fault);
  });
});
