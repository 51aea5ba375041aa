import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { urlToHttpOptions } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPush } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const LIMITS = { waitingWeight: 200_000 };
/** So much is held back, which neither JSON nor gzip is complete without. */
const HELD_BYTES = 8;

let database: TestDatabase;
let api: TestApi;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, ingestLimits: LIMITS });
});

afterAll(async () => {
  agent.destroy();
  await api?.stop();
  await database?.drop();
});

/** A push of so many bytes of JSON, sent but for its end. */
function beginPush(bytes: number, type: string, packed: boolean) {
  const json = Buffer.from(JSON.stringify(buildPush()).replace('{', '{'.padEnd(bytes)));
  const body = packed ? gzipSync(json) : json;
  const sent = request({
    ...urlToHttpOptions(new URL(`${api.url}/api/v1/snapshots`)),
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${api.agentToken}`,
      'content-type': type,
      'content-length': body.length,
      ...(packed ? { 'content-encoding': 'gzip' } : {}),
    },
  });
  const answer = new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        const { statusCode: status, headers } = response;
        text(response).then((read) => resolve({ status, headers, body: read }), reject);
      });
    },
  );
  sent.write(body.subarray(0, -HELD_BYTES));
  return {
    answer,
    /** Sends the rest; resolves once it is sent. */
    finish: () => new Promise<void>((resolve) => sent.end(body.subarray(-HELD_BYTES), resolve)),
    abandon: (): void => {
      answer.catch(() => undefined);
      sent.destroy();
    },
  };
}

describe.each([
  ['the quick way', 'application/json', false],
  ['the quick way, packed', 'application/json', true],
  ['the long way', 'application/json; charset=utf-8', false],
  ['the long way, packed', 'application/json; charset=utf-8', true],
])('bodies that come in by %s', (_way, type, packed) => {
  const begin = (bytes: number) => beginPush(bytes, type, packed);

  /** Two that are too much together: the one that was refused, and the one that was not. */
  async function twoTooMany() {
    const pushes = [begin(120_000), begin(120_000)];
    const refused = await Promise.race(pushes.map((push) => push.answer.then(() => push)));
    const other = pushes.find((push) => push !== refused);
    if (other === undefined) throw new Error('There are two pushes.');
    return { refused, other };
  }

  async function statusOf(bytes: number): Promise<number | undefined> {
    const push = begin(bytes);
    await push.finish();
    return (await push.answer).status;
  }

  it('count while they are read: 503 in the middle of one, whose rest is read, and the other is taken', async () => {
    const { refused, other } = await twoTooMany();
    const { status, headers } = await refused.answer;
    expect(status).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers.connection).not.toBe('close');
    await refused.finish();
    await other.finish();
    expect(await other.answer).toMatchObject({ status: 200, body: expect.stringContaining('"accepted":1') });
    // Were anything of them still counted, this one would be too much.
    expect(await statusOf(195_000)).toBe(200);
  });

  it('count no more when their sender is gone', async () => {
    const { refused, other } = await twoTooMany();
    refused.abandon();
    other.abandon();
    let status: number | undefined;
    for (let attempt = 0; attempt < 100 && status !== 200; attempt++) status = await statusOf(195_000);
    expect(status).toBe(200);
  });
});
