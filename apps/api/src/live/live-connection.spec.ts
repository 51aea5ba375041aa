import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ErrorAnswerSchema } from '@closewatch/protocol';
import { LiveClient } from '../testing/live-client.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;
let cookie: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function connect(headers: Record<string, string> = { cookie }): Promise<LiveClient> {
  const client = await LiveClient.connect(api.url, headers);
  clients.push(client);
  return client;
}

describe('connecting to /live', () => {
  it('needs a session, and says so', async () => {
    await expect(connect({})).rejects.toMatchObject({ data: { statusCode: 401 } });
    await expect(connect({ cookie: 'closewatch_session=invented' })).rejects.toMatchObject({
      data: { statusCode: 401 },
    });
    await expect(connect({ authorization: `Bearer ${api.agentToken}` })).rejects.toMatchObject({
      data: { statusCode: 401 },
    });
  });

  it.each([
    ['Host', { host: 'evil.example' }],
    ['Origin', { origin: 'https://evil.example' }],
  ])(
    'refuses a foreign %s by WebSocket and by polling, with a session too',
    async (_header, foreign: Record<string, string>) => {
      await expect(connect({ cookie, ...foreign })).rejects.toThrow('websocket error');
      const upgrade = await rawRequest(`${api.url}/socket.io/?EIO=4&transport=websocket`, {
        headers: {
          ...foreign,
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
      });
      const polling = await rawRequest(`${api.url}/socket.io/?EIO=4&transport=polling`, { headers: foreign });
      for (const { status, body } of [upgrade, polling]) {
        expect(status).toBe(403);
        expect(ErrorAnswerSchema.parse(JSON.parse(body)).statusCode).toBe(403);
      }
    },
  );

  it('takes its own origin', async () => {
    const client = await connect({ cookie, origin: api.url });
    expect(client.socket.connected).toBe(true);
  });
});

describe('a socket', () => {
  it.each([
    ['host:watch', undefined],
    ['host:watch', { id: "'; DROP TABLE host" }],
    ['host:watch', 'text'],
    ['fleet:watch', { ids: 'all' }],
    ['fleet:watch', { ids: [1] }],
    ['host:unwatch', {}],
  ])('that sends a bad %s (%j) is answered with 400', async (event, payload) => {
    const client = await connect();
    expect(await client.sendRaw(event, payload)).toMatchObject({ ok: false, error: { statusCode: 400 } });
    expect(client.socket.connected).toBe(true);
  });

  it('that sends too much is cut off', async () => {
    const client = await connect();
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    client.socket.emit('host:watch', { id: 'x'.repeat(100_000) }, () => undefined);
    await expect(gone).resolves.toBeDefined();
  });

  it('closes at once when its person signs out, and the others stay', async () => {
    const leaving = await api.signIn();
    const [client, other] = [await connect({ cookie: leaving }), await connect()];
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    await api.request('DELETE', '/api/v1/session', { headers: { cookie: leaving } });
    await expect(gone).resolves.toBe('io server disconnect');
    expect(other.socket.connected).toBe(true);
  });

  it('closes within two seconds when its session is revoked elsewhere', async () => {
    const revoked = await api.signIn();
    const client = await connect({ cookie: revoked });
    const gone = new Promise((resolve) => client.socket.once('disconnect', resolve));
    const at = Date.now();
    await database.query('DELETE FROM session WHERE token_sha256 = sha256($1::bytea)', [
      Buffer.from(revoked.split('=')[1] ?? ''),
    ]);
    await gone;
    expect(Date.now() - at).toBeLessThan(2_000);
  });
});
