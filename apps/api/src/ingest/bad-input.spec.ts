import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PUSH_LIMITS, type PushAnswer } from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { type Answer, errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
});

afterEach(async () => {
  const [row] = await database.query<{ rows: number }>(
    `SELECT ((SELECT count(*) FROM host) + (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM connection_open)
             + (SELECT count(*) FROM host_latest) + (SELECT count(*) FROM netns))::integer AS rows`,
  );
  if (row?.rows !== 0) throw new Error('A refused push left something in the database.');
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const gzip = { 'content-encoding': 'gzip' };

function expectIssue(answer: Answer<unknown>, status: number, path: string): void {
  const error = errorOf(answer);
  expect(error.statusCode).toBe(status);
  expect(error.issues.map((issue) => issue.path)).toContain(path);
  expect(error.requestId).toBe(answer.headers.get('x-request-id'));
}

describe('a bad push', () => {
  it('of malformed JSON is 400', async () => {
    expectIssue(await api.pushBytes(Buffer.from('{"protocol": 1,')), 400, 'body');
  });

  it('without a body is 400', async () => {
    expect(errorOf(await api.pushBytes(Buffer.alloc(0))).statusCode).toBe(400);
  });

  it.each([['null'], ['[]'], ['"text"'], ['17'], ['{}']])('of %s is 400', async (body) => {
    expect(errorOf(await api.pushBytes(Buffer.from(body))).statusCode).toBe(400);
  });

  it('that is larger than the limit is 413', async () => {
    const bytes = Buffer.alloc(PUSH_LIMITS.bodyBytes + 1, 0x20);
    expectIssue(await api.pushBytes(bytes), 413, 'body');
  });

  it('that unpacks to more than the limit is 413, without its being unpacked', async () => {
    // 1 GiB of spaces in 1 MiB: a server that unpacks it first takes seconds and the memory.
    const bomb = gzipBomb(1_024);
    const before = process.memoryUsage().rss;
    expectIssue(await api.pushBytes(bomb, gzip), 413, 'body');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it('of truncated gzip is 400 and says so', async () => {
    const whole = gzipSync(JSON.stringify(buildPush({ snapshots: [buildSnapshot(), ...manySnapshots(50)] })));
    const answer = await api.pushBytes(whole.subarray(0, Math.floor(whole.length / 2)), gzip);
    expectIssue(answer, 400, 'body');
    expect(errorOf(answer).message).toContain('ends too early');
  });

  it('that only claims to be gzip is 400', async () => {
    expectIssue(await api.pushBytes(Buffer.from(JSON.stringify(buildPush())), gzip), 400, 'body');
  });

  it('in another encoding is 415', async () => {
    const answer = await api.pushBytes(Buffer.from('x'), { 'content-encoding': 'br' });
    expectIssue(answer, 415, 'content-encoding');
  });

  it('of another content type is 415', async () => {
    const answer = await api.pushBytes(Buffer.from('a=1'), { 'content-type': 'application/x-www-form-urlencoded' });
    expect(errorOf(answer).statusCode).toBe(415);
  });

  it('of another protocol version is 426, whatever its shape', async () => {
    expectIssue(await api.push({ protocol: 99, shape: 'unheard of' }), 426, 'protocol');
  });

  it.each([
    ['agentId', { agentId: 'not-a-uuid' }],
    ['runId', { runId: undefined }],
    ['agent.hostname', { agent: { ...buildPush().agent, hostname: '' } }],
    ['agent.kernel', { agent: { ...buildPush().agent, kernel: 'NUL \0 inside' } }],
    ['agent.version', { agent: { ...buildPush().agent, version: 'half a pair \ud800' } }],
    ['agent.missing.0', { agent: { ...buildPush().agent, missing: ['x'.repeat(600)] } }],
    ['snapshots', { snapshots: [] }],
  ])('with a bad %s is 400 and names the field', async (path, overrides) => {
    expectIssue(await api.push({ ...buildPush(), ...overrides }), 400, path);
  });

  it('with an unknown token is 401, before its body is read', async () => {
    const answer = await api.pushBytes(gzipBomb(64), {
      ...gzip,
      authorization: `Bearer ${randomBytes(32).toString('hex')}`,
    });
    expect(errorOf(answer).statusCode).toBe(401);
  });

  it('with a session instead of a token is refused', async () => {
    const cookie = await api.signIn();
    const answer = await api.request('POST', '/api/v1/snapshots', { body: buildPush(), headers: { cookie } });
    expect(errorOf(answer).statusCode).toBe(403);
  });
});

describe('a bad snapshot', () => {
  const now = Date.now();
  const connection = buildConnection('socket-00000001', now);

  it.each([
    ['takenAt', { takenAt: '0000-01-01T00:00:00Z' }],
    ['takenAt', { takenAt: 'yesterday' }],
    ['seq', { seq: 1.5 }],
    ['counts.established', { counts: { established: 2_147_483_648 } }],
    ['connections.0.socketId', { connections: [{ ...connection, socketId: "'; DROP TABLE host; --" }] }],
    ['connections.0.peer.address', { connections: [{ ...connection, peer: { address: '1.2.3.400', port: 1 } }] }],
    ['connections.0.peer.port', { connections: [{ ...connection, peer: { address: '1.2.3.4', port: 65_536 } }] }],
    ['connections.0.owners.0.command', { connections: [withCommand('\0')] }],
    [
      'connections.0.openedBefore',
      { connections: [{ ...connection, openedAfter: null, openedBefore: '9999-12-31T23:59:59Z' }] },
    ],
    ['connections.0.firstSeenAt', { connections: [{ ...connection, firstSeenAt: '0000-01-01T00:00:00Z' }] }],
    ['connections.0.lastSeenAt', { connections: [{ ...connection, lastSeenAt: '9999-12-31T23:59:59Z' }] }],
    ['connections.0.endedAs', { connections: [{ ...connection, endedAt: iso(now) }] }],
    ['connections.0.endedAt', { connections: [{ ...connection, endedAt: '1999-01-01T00:00:00Z', endedAs: 'closed' }] }],
    ['connections.0.recvQueue', { connections: [{ ...connection, recvQueue: -1 }] }],
  ])('is rejected for its %s', async (path, overrides) => {
    const { status, body } = await api.push(buildPush({ snapshots: [{ ...buildSnapshot(), ...overrides } as never] }));
    expect(status).toBe(200);
    const { accepted, rejected } = body as PushAnswer;
    expect(accepted).toBe(0);
    expect(rejected.map(({ issues }) => issues.map((issue) => issue.path))).toEqual([[path]]);
  });

  function withCommand(command: string) {
    return { ...connection, owners: [{ ...connection.owners[0], command }] };
  }
});

function manySnapshots(count: number) {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => buildSnapshot({ seq: index, takenAt: iso(now - index * 1_000) }));
}

function gzipBomb(mebibytes: number): Buffer<ArrayBuffer> {
  // Members of a gzip file may be concatenated (RFC 1952 section 2.2).
  const member = gzipSync(Buffer.alloc(16 * 1024 * 1024, 0x20));
  return Buffer.concat(Array.from({ length: Math.ceil(mebibytes / 16) }, () => member));
}
