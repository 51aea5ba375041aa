import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ConnectionItem,
  type Host,
  type Page,
  TEXT_LIMITS,
  type TextIngestAnswer,
  TextIngestAnswerSchema,
} from '@closewatch/protocol';
import { TCP_STATE_FACTS, TCP_STATES } from '@closewatch/socket-states';
import { MovableClock } from '../testing/movable-clock.ts';
import { type Answer, errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const FIXTURES = join(import.meta.dirname, '../../../../libs/socket-states/src/socket-text/fixtures');
const MINUTE_MS = 60_000;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let database: TestDatabase;
let api: TestApi;
let cookie: string;
const clock = new MovableClock();
const advance = (ms: number): void => {
  clock.aheadMs += ms;
};

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const fixture = (name: string): Buffer => readFileSync(join(FIXTURES, `${name}.txt`));

/** As `curl -H "Authorization: Bearer ..." --data-binary @-` sends it. */
async function send(host: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<Answer<unknown>> {
  const response = await fetch(`${api.url}/api/v1/ingest/text?host=${encodeURIComponent(host)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.agentToken}`, ...FORM, ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function sent(host: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<TextIngestAnswer> {
  const answer = await send(host, body, headers);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return TextIngestAnswerSchema.parse(answer.body);
}

async function hostOf({ host }: TextIngestAnswer): Promise<Host> {
  return api.read<Host>(cookie, `/api/v1/hosts/${host.id}`);
}

async function connectionsOf({ host }: TextIngestAnswer): Promise<ConnectionItem[]> {
  const path = `/api/v1/hosts/${host.id}/connections?state=close_wait&limit=500`;
  return (await api.read<Page<ConnectionItem>>(cookie, path)).items;
}

const HEADING = 'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n';
const LISTEN = 'LISTEN 0 128 *:8080 *:*\n';
const closeWait = (peerPort: number, told = ''): string =>
  `CLOSE-WAIT 1 0 192.0.2.1:8080 198.51.100.7:${peerPort} ${told}\n`;

describe('a text', () => {
  it.each(['netstat-n', 'netstat-an', 'netstat-antpW', 'busybox-tan', 'busybox-tn'])(
    'counts as awk does: %s',
    async (name) => {
      const text = fixture(name);
      const script = '/^tcp/ {++S[$6]} END {for(a in S) print a, S[a]}';
      const lines = execFileSync('awk', [script], { input: text, encoding: 'utf8' }).trim().split('\n');
      const { counts } = await sent(`awk-${name}`, text);

      const counted = TCP_STATES.filter((state) => (counts[state] ?? 0) > 0);
      expect(counted.map((state) => `${TCP_STATE_FACTS[state].netstat} ${counts[state]}`).sort()).toEqual(lines.sort());
    },
  );

  it('becomes a host whose page has counts, connections and owners, and what this way cannot tell', async () => {
    const answer = await sent('db-7.example', fixture('ss-tanpi'));
    const host = await hostOf(answer);

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
    const connections = await connectionsOf(answer);
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
    const answer = await sent('less', fixture('netstat-n'));

    expect(answer.closeWait).toEqual({ count: 32, listed: 31, cut: 1, unlisted: 0 });
    expect(answer.counts.listen).toBeNull();
    expect(answer.missing.map((note) => note.split(':', 1)[0])).toEqual([
      'agent',
      'owners',
      'ages',
      'listeners',
      'addresses',
    ]);
    expect(await connectionsOf(answer)).toHaveLength(31);
  });

  it.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/json', { 'content-type': 'application/json' }],
    ['application/octet-stream', { 'content-type': 'application/octet-stream' }],
  ])('may come as %s', async (_type, headers) => {
    expect((await sent('types', HEADING + LISTEN + closeWait(1), headers)).sockets).toBe(2);
  });

  it('may come packed', async () => {
    expect((await sent('packed', gzipSync(fixture('ss-tanpie')), { 'content-encoding': 'gzip' })).sockets).toBe(160);
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
        expect((await sent('examples', value)).closeWait).toMatchObject({ count: 1, listed: 1 });
      }
    }
  });
});

describe('texts of one host', () => {
  it('are one host by its name, whatever the case, and never an agent', async () => {
    const [one, other] = [await sent('Web-1', HEADING + LISTEN), await sent('web-1', HEADING + LISTEN)];

    expect(other.host.id).toBe(one.host.id);
    // Version 5, a hash; agents' ids are of version 4, random.
    expect(one.host.id[14]).toBe('5');
    expect((await sent('web-2', HEADING + LISTEN)).host.id).not.toBe(one.host.id);
  });

  it('make a socket one lifetime while it stays, and end it when it is gone', async () => {
    const start = clock.now();
    const first = await sent('stays', HEADING + LISTEN + closeWait(1) + closeWait(2));
    const [before] = await connectionsOf(first);
    advance(MINUTE_MS);
    const second = await sent('stays', HEADING + LISTEN + closeWait(1) + closeWait(3));
    const after = await connectionsOf(second);

    expect(after.map(({ peer }) => peer.port).sort()).toEqual([1, 3]);
    expect(after.find(({ peer }) => peer.port === 1)).toMatchObject({
      socketId: before?.socketId,
      firstSeenAt: before?.firstSeenAt,
      ageSeconds: { atLeast: expect.closeTo((clock.now() - start) / 1_000, -1), atMost: null },
    });
    expect((await hostOf(second)).closeWait).toMatchObject({ count: 2, aged: 1 });
  });

  it('tell a new socket on the same addresses by its age', async () => {
    const age = (ms: number): string => `\n\t cubic cwnd:10 lastrcv:${ms} lastack:${ms}`;
    const old = await sent('again', HEADING + LISTEN + closeWait(1, age(500_000)));
    const [before] = await connectionsOf(old);
    advance(10 * MINUTE_MS);
    const [after] = await connectionsOf(await sent('again', HEADING + LISTEN + closeWait(1, age(1_000))));

    expect(after?.socketId).not.toBe(before?.socketId);
    expect(after?.ageSeconds.atLeast).toBeLessThan(2);
    advance(MINUTE_MS);
    const [later] = await connectionsOf(await sent('again', HEADING + LISTEN + closeWait(1, age(61_000))));
    expect(later?.socketId).toBe(after?.socketId);
  });

  it('tell sockets apart by cookie or inode, and know one again that told neither before', async () => {
    const ids: (string | undefined)[] = [];
    for (const told of ['', 'ino:7 sk:1a', 'ino:7 sk:1a', 'ino:9 sk:1b', '']) {
      advance(MINUTE_MS);
      const [connection] = await connectionsOf(await sent('told', HEADING + LISTEN + closeWait(1, told)));
      ids.push(connection?.socketId);
    }
    const [first, , , other] = ids;
    expect(other).not.toBe(first);
    expect(ids).toEqual([first, first, first, other, other]);
  });

  it('do not end a connection that may be one whose address netstat cut', async () => {
    const wide = await sent('cut', fixture('netstat-antpW'));
    advance(MINUTE_MS);
    const cut = await sent('cut', fixture('netstat-an'));

    expect((await connectionsOf(cut)).map(({ socketId }) => socketId).sort()).toEqual(
      (await connectionsOf(wide)).map(({ socketId }) => socketId).sort(),
    );
    advance(MINUTE_MS);
    const without = fixture('netstat-an')
      .toString()
      .replace(/^tcp6.*CLOSE_WAIT *\n/gm, '');
    const peers = (await connectionsOf(await sent('cut', without))).map(({ peer }) => peer.address);
    expect(new Set(peers)).toEqual(new Set(['127.0.0.1']));
  });

  it('are live by their own interval, over one gap too', async () => {
    const answers: TextIngestAnswer[] = [];
    for (const minutes of [0, 1, 30, 1, 10, 10, 10]) {
      advance(minutes * MINUTE_MS);
      answers.push(await sent('interval', HEADING + LISTEN));
    }
    expect(answers.map(({ intervalMs }) => Math.round(intervalMs / MINUTE_MS))).toEqual([1, 1, 1, 1, 1, 10, 10]);
    const [answer] = answers;
    if (answer === undefined) throw new Error('nothing was sent');
    advance(29 * MINUTE_MS);
    expect((await hostOf(answer)).status).toBe('live');
    advance(10 * MINUTE_MS);
    expect((await hostOf(answer)).status).toBe('stale');
  });

  it('that come at the same moment are stored one by one, each socket once', async () => {
    const text = HEADING + LISTEN + closeWait(1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => sent('crowd', text)));
    const rows = await database.query<{ seq: string }>(
      'SELECT seq FROM snapshot JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at',
      [answers[0]?.host.id],
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual([0, 1, 2, 3, 4]);
    const [answer] = answers;
    if (answer === undefined) throw new Error('nothing was sent');
    expect(await connectionsOf(answer)).toHaveLength(1);
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
    const error = errorOf(await send('bad', body));
    expect(error).toMatchObject({ statusCode: 400, issues: [{ path, message: expect.stringMatching(reason) }] });
    expect(error.message).toMatch(reason);
  });

  it('of 100 MB is 413 before it is read, and packed as soon as it unpacks to too much', async () => {
    const line = Buffer.from('tcp        0      0 192.0.2.1:8080          198.51.100.7:50123      ESTABLISHED\n');
    const large = Buffer.alloc(TEXT_LIMITS.bodyBytes + 1, line);
    expect(errorOf(await send('large', gzipSync(large), { 'content-encoding': 'gzip' }))).toMatchObject({
      statusCode: 413,
      issues: [{ path: 'body', message: `must not be larger than ${TEXT_LIMITS.bodyBytes} bytes` }],
    });
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
    expect(errorOf(await send('x', HEADING, { authorization: '' })).statusCode).toBe(401);
    expect(errorOf(await send('x', HEADING, { authorization: 'Bearer none' })).statusCode).toBe(401);
  });

  it('leaves nothing behind', async () => {
    const rows = await database.query("SELECT hostname FROM host WHERE hostname IN ('bad', 'large', 'x')");
    expect(rows).toEqual([]);
  });
});
