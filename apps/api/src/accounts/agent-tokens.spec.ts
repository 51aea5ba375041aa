import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPush } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const FIRST = 'first-token-0123456789';
const SECOND = 'second-token-0123456789';

let database: TestDatabase;
let api: TestApi | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await api?.stop();
  api = undefined;
  await database.query('DELETE FROM agent_token');
});

afterAll(() => database?.drop());

/** Starts the server anew, with this token in its environment or none. */
async function restart(token?: string): Promise<TestApi> {
  await api?.stop();
  const environment = token === undefined ? {} : { CLOSEWATCH_TOKEN: token };
  return (api = await TestApi.start({ databaseUrl: database.url, environment }));
}

async function statusOf(server: TestApi, token: string): Promise<number> {
  const bytes = Buffer.from(JSON.stringify(buildPush()));
  return (await server.pushBytes(bytes, { authorization: `Bearer ${token}` })).status;
}

describe("the server's own agent token", () => {
  it('is valid no longer when CLOSEWATCH_TOKEN is another', async () => {
    expect(await statusOf(await restart(FIRST), FIRST)).toBe(200);
    const server = await restart(SECOND);
    expect(await statusOf(server, FIRST)).toBe(401);
    expect(await statusOf(server, SECOND)).toBe(200);
    expect(await database.query('SELECT name FROM agent_token')).toEqual([{ name: 'CLOSEWATCH_TOKEN' }]);
  });

  it('that the server made gives way to one from the environment', async () => {
    const { agentToken } = await restart();
    const server = await restart(FIRST);
    expect(await statusOf(server, agentToken)).toBe(401);
    expect(await statusOf(server, FIRST)).toBe(200);
  });

  it('gives way under its earlier name too', async () => {
    await database.query("INSERT INTO agent_token (token_sha256, name) VALUES (sha256($1), 'made at first start')", [
      Buffer.from(FIRST),
    ]);
    expect(await statusOf(await restart(SECOND), FIRST)).toBe(401);
  });

  it('leaves tokens of other names alone, and stays the same over a restart', async () => {
    await database.query("INSERT INTO agent_token (token_sha256, name) VALUES (sha256($1), 'web fleet')", [
      Buffer.from(FIRST),
    ]);
    await restart(SECOND);
    const server = await restart(SECOND);
    expect(await statusOf(server, FIRST)).toBe(200);
    expect(await statusOf(server, SECOND)).toBe(200);
  });
});
