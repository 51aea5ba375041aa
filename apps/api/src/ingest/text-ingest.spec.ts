import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TEXT_LIMITS, TextIngestAnswerSchema } from '@closewatch/protocol';
import { TCP_STATE_FACTS, TCP_STATES } from '@closewatch/socket-states';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { closeWait, HEADING, LISTEN, recordedText, TextSender } from '../testing/text-sender.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let api: TestApi;
let texts: TextSender;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  texts = new TextSender(api, await api.signIn());
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

describe('a text', () => {
  it.each(['netstat-n', 'netstat-an', 'netstat-antpW', 'busybox-tan', 'busybox-tn'])(
    'counts as awk does: %s',
    async (name) => {
      const text = recordedText(name);
      const script = '/^tcp/ {++S[$6]} END {for(a in S) print a, S[a]}';
      const lines = execFileSync('awk', [script], { input: text, encoding: 'utf8' }).trim().split('\n');
      const { counts } = await texts.sent(`awk-${name}`, text);

      const counted = TCP_STATES.filter((state) => (counts[state] ?? 0) > 0);
      expect(counted.map((state) => `${TCP_STATE_FACTS[state].netstat} ${counts[state]}`).sort()).toEqual(lines.sort());
    },
  );

  it('becomes a host whose page has counts, connections and owners, and what this way cannot tell', async () => {
    const answer = await texts.sent('db-7.example', recordedText('ss-tanpi'));
    const host = await texts.hostOf(answer);

    expect(answer).toMatchObject({ tool: 'ss', sockets: 160, skipped: [], closeWait: { count: 32, listed: 32 } });
    expect(host).toMatchObject({
      id: answer.host.id,
      hostname: 'db-7.example',
      status: 'live',
      intervalMs: MINUTE_MS,
      counts: answer.counts,
      agent: { source: 'ss', version: 'no agent', kernel: 'not told', machineId: '', missing: answer.missing },
    });
    expect(answer.missing).toEqual(['agent: there is none on this host, its sockets come as text from ss']);
    const connections = await texts.connectionsOf(answer);
    expect(connections).toHaveLength(32);
    for (const { ownership, owners, openedAfter, direction, bytesAcked } of connections) {
      expect({ direction, ownership }).toEqual({
        direction: 'inbound',
        ownership: owners.length > 0 ? 'known' : 'hidden',
      });
      expect(openedAfter).not.toBeNull();
      expect(bytesAcked).toBe(0);
    }
    expect(connections.flatMap(({ owners }) => owners)[0]).toEqual({
      pid: expect.any(Number),
      startedAt: null,
      executable: 'MainThread',
      command: 'MainThread',
      descriptor: expect.any(Number),
    });
  });

  it('says what to add where it tells less, and counts addresses that netstat cut', async () => {
    const answer = await texts.sent('less', recordedText('netstat-n'));

    expect(answer.closeWait).toEqual({ count: 32, listed: 31, cut: 1, unlisted: 0 });
    expect(answer.counts.listen).toBeNull();
    expect(answer.missing.map((note) => note.split(':', 1)[0])).toEqual([
      'agent',
      'owners',
      'ages',
      'listeners',
      'addresses',
    ]);
    expect(await texts.connectionsOf(answer)).toHaveLength(31);
  });

  it.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/json', { 'content-type': 'application/json' }],
    ['application/octet-stream', { 'content-type': 'application/octet-stream' }],
  ])('may come as %s', async (_type, headers) => {
    expect((await texts.sent('types', HEADING + LISTEN + closeWait(1), headers)).sockets).toBe(2);
  });

  it('may come packed', async () => {
    expect(
      (await texts.sent('packed', gzipSync(recordedText('ss-tanpie')), { 'content-encoding': 'gzip' })).sockets,
    ).toBe(160);
  });

  it('is described with examples', async () => {
    const { body } = await api.request<{ paths: Record<string, Record<string, object>> }>('GET', '/api/docs-json');
    const operation = body.paths['/api/v1/ingest/text']?.post as {
      parameters: object[];
      requestBody: { content: Record<string, { examples: Record<string, { value: string }> }> };
      responses: Record<string, { content: Record<string, { schema: { example?: unknown; properties: object } }> }>;
    };

    expect(operation.parameters).toEqual([expect.objectContaining({ name: 'host', in: 'query', required: true })]);
    expect(Object.keys(operation.responses)).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '409', '413', '415', '503']),
    );
    const { schema } = operation.responses['200']?.content['application/json'] ?? {};
    expect(TextIngestAnswerSchema.safeParse(schema?.example).success).toBe(true);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      for (const { value } of Object.values(operation.requestBody.content[type]?.examples ?? {})) {
        expect((await texts.sent('examples', value)).closeWait).toMatchObject({ count: 1, listed: 1 });
      }
    }
  });
});

describe('a bad text', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, string, RegExp]>([
    ['is empty', ' \n', 'lines.1', /empty/],
    ['is cut short', 'tcp 0 0 192.0.2.1:1 192.0.2.2:2 CLOSE', 'lines.1', /line end/],
    ['is of another tool', 'COMMAND PID USER FD TYPE\n', 'lines.1', /lsof/],
    ['is noise', Buffer.alloc(300_000, 0xf7), 'lines.1', /more than 131072 characters/],
    ['has a socket that cannot be counted', `${HEADING}${LISTEN}ESTAB 0 0 192.0.2.1:1\n`, 'lines.3', /both addresses/],
  ])('that %s is 400 and says in which line', async (_what, body, path, reason) => {
    const error = errorOf(await texts.send('bad', body));
    expect(error).toMatchObject({ statusCode: 400, issues: [{ path, message: expect.stringMatching(reason) }] });
    expect(error.message).toMatch(reason);
  });

  const row = 'tcp        0      0 192.0.2.1:8080          198.51.100.7:50123      ESTABLISHED\n';
  const tooLarge = {
    statusCode: 413,
    issues: [{ path: 'body', message: `must not be larger than ${TEXT_LIMITS.bodyBytes} bytes` }],
  };

  it('of 100 MB is 413 before it is read, and packed as soon as it has unpacked to too much', async () => {
    const text = Buffer.alloc(100_000_000, row);
    expect(errorOf(await texts.send('large', text))).toMatchObject(tooLarge);
    expect(errorOf(await texts.send('large', gzipSync(text), { 'content-encoding': 'gzip' }))).toMatchObject(tooLarge);
  });

  it('of 100 MB that does not say how long it is takes no memory', async () => {
    const piece = Buffer.from(row.repeat(800));
    const before = process.memoryUsage().rss;
    let most = -Infinity;
    function* pieces(): Generator<Buffer> {
      for (let sent = 0; sent < 100_000_000; sent += piece.length) {
        most = Math.max(most, process.memoryUsage().rss - before);
        yield piece;
      }
    }
    const answer = await texts.stream('large', Readable.from(pieces()));
    expect(errorOf(answer)).toMatchObject(tooLarge);
    expect(most).toBeGreaterThan(-Infinity);
    expect(most).toBeLessThan(100_000_000);
  });

  it.each([
    ['', 'host', /expected string/],
    ['?host=', 'host', /host name/],
    ['?host=a%20b', 'host', /as `hostname` prints it/],
    ['?host=a&host=b', 'host', /string/],
  ])('for the host of "%s" is 400 and names the parameter', async (query, path, message) => {
    const answer = await api.request('POST', `/api/v1/ingest/text${query}`, {
      body: HEADING + LISTEN,
      headers: { authorization: `Bearer ${api.agentToken}`, 'content-type': 'text/plain' },
    });
    expect(errorOf(answer)).toMatchObject({
      statusCode: 400,
      issues: [{ path, message: expect.stringMatching(message) }],
    });
  });

  it('is refused without a token, or with that of a person', async () => {
    expect(errorOf(await texts.send('x', HEADING, { authorization: '' })).statusCode).toBe(401);
    expect(errorOf(await texts.send('x', HEADING, { authorization: 'Bearer none' })).statusCode).toBe(401);
  });

  it('leaves nothing behind', async () => {
    const rows = await database.query("SELECT hostname FROM host WHERE hostname IN ('bad', 'large', 'x')");
    expect(rows).toEqual([]);
  });
});
