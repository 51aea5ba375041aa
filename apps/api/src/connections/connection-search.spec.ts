import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Connection,
  type ConnectionSearch,
  ConnectionSearchSchema,
  type FoundConnection,
} from '@closewatch/protocol';
import { canonicalAddress } from '@closewatch/socket-states';
import fc from 'fast-check';
import { pushStory, type StoryLine, tellStory } from '../testing/lifetime-builder.ts';
import { iso } from '../testing/push-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { SearchService } from './search.service.ts';

const HOSTS = 3;
const NOW = Math.floor(Date.now() / 1_000) * 1_000 - 5_000;
const START = NOW - 3_600_000;
let database: TestDatabase;
let api: TestApi;
let cookie: string;
let story: StoryLine[];
let hostIds: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  story = tellStory(900, HOSTS, NOW);
  hostIds = await pushStory(api, story, HOSTS, NOW);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function search(query: string): Promise<FoundConnection[]> {
  const found: FoundConnection[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const url = `/api/v1/connections?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page: ConnectionSearch = ConnectionSearchSchema.parse(await api.read(cookie, url));
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

type Fits = (connection: Connection, host: number) => boolean;

const isOpen: Fits = ({ endedAt }) => endedAt === undefined;
const standsAt =
  (at: number): Fits =>
  ({ openedBefore, endedAt }) =>
    Date.parse(openedBefore) <= at && (endedAt === undefined || Date.parse(endedAt) > at);
const overlaps =
  (from: number, to: number): Fits =>
  ({ openedBefore, endedAt }) =>
    Date.parse(openedBefore) <= to && (endedAt === undefined || Date.parse(endedAt) > from);
const startsWith =
  (end: 'local' | 'peer', prefix: string): Fits =>
  (connection) =>
    connection[end].address.startsWith(prefix);
const ofPorts =
  (fits: (local: number, peer: number) => boolean): Fits =>
  ({ local, peer }) =>
    fits(local.port, peer.port);
const owned =
  (fits: (owner: Connection['owners'][number]) => boolean): Fits =>
  ({ owners }) =>
    owners.some(fits);

/** What may be asked, each with what it means said a second time, in plain code. */
const CRITERIA: readonly (readonly [query: string, fits: Fits])[] = [
  ['peer=10.0.2.3', ({ peer }) => peer.address === '10.0.2.3'],
  ['peer=::ffff:10.0.2.3', ({ peer }) => peer.address === '10.0.2.3'],
  ['peer=10.0.1.77/24', startsWith('peer', '10.0.1.')],
  ['peer=::ffff:10.0.1.0/120', startsWith('peer', '10.0.1.')],
  ['peer=0.0.0.0/0', ({ peer }) => !peer.address.includes(':')],
  ['peer=2001:DB8:1::/48', startsWith('peer', '2001:db8:1:')],
  ['peer=2001:db8:2:0::3', ({ peer }) => peer.address === canonicalAddress('2001:db8:2::3')],
  ['local=192.0.2.2', ({ local }) => local.address === '192.0.2.2'],
  ['local=192.0.2.0/31', ({ local }) => ['192.0.2.0', '192.0.2.1'].includes(local.address)],
  ['port=443', ofPorts((local, peer) => local === 443 || peer === 443)],
  ['peerPort=443', ofPorts((_, peer) => peer === 443)],
  ['localPort=443', () => false],
  ['localPort=8081', ofPorts((local) => local === 8_081)],
  ['process=java', owned(({ executable }) => executable.endsWith('/java'))],
  ['process=121', owned(({ pid }) => pid === 121)],
  ['process=shop.service', owned(({ unit }) => unit === 'shop.service')],
  [`process=${'c0ffee'.repeat(2)}`, owned(({ containerId }) => containerId !== undefined)],
  [`process=${'c0ffee'.repeat(10)}0123`, owned(({ containerId }) => containerId !== undefined)],
  ['process=jav', () => false],
  ['process=%25', () => false],
  ['host=WEB-1', (_, host) => host === 1],
  ['host=web-9', () => false],
];
const TIMES: readonly (readonly [query: string, fits: Fits])[] = [
  ['', isOpen],
  ['open=true', isOpen],
  [`at=${iso(START + 1_500_000)}`, standsAt(START + 1_500_000)],
  [`from=${iso(START + 900_000)}&to=${iso(START + 960_000)}`, overlaps(START + 900_000, START + 960_000)],
  [`from=${iso(START)}`, () => true],
  [
    `from=${iso(START)}&to=${iso(START + 1_500_000)}&open=true`,
    (connection, host) => isOpen(connection, host) && Date.parse(connection.openedBefore) <= START + 1_500_000,
  ],
];

function expected(fits: readonly Fits[]): string[] {
  return story
    .filter(({ connection, host }) => fits.every((fit) => fit(connection, host)))
    .map(({ connection }) => connection.socketId)
    .sort();
}

const idsOf = (found: readonly FoundConnection[]): string[] => found.map(({ socketId }) => socketId).sort();

describe('GET /api/v1/connections', () => {
  it.each(CRITERIA)('with %s finds what a filter over all of them finds', async (query, fits) => {
    expect(idsOf(await search(`${query}&from=${iso(START)}`))).toEqual(expected([fits]));
    expect(idsOf(await search(query))).toEqual(expected([fits, isOpen]));
  });

  it('takes each criterion into account, at any time, in pages of any size', async () => {
    const some = fc.subarray([...CRITERIA], { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom(...TIMES),
        fc.integer({ min: 7, max: 200 }),
        async (criteria, time, limit) => {
          // Of criteria of one name the last counts.
          const byName = new Map(criteria.map((criterion) => [criterion[0].split('=')[0], criterion]));
          const all = [...byName.values(), time];
          const found = await search(
            [...all.map(([query]) => query), `limit=${limit}`].filter((part) => part).join('&'),
          );
          expect(idsOf(found)).toEqual(expected(all.map(([, fits]) => fits)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has the newest first and tells the host and namespace of each', async () => {
    const found = await search(`from=${iso(START)}&limit=50`);
    const opened = found.map(({ openedBefore }) => openedBefore);
    expect(opened).toEqual([...opened].sort().reverse());
    const told = new Map(story.map((line) => [line.connection.socketId, line]));
    for (const { socketId, host, netns } of found) {
      const line = told.get(socketId);
      expect({ host, netns }).toEqual({
        host: { id: hostIds[line?.host ?? -1], hostname: `web-${line?.host}` },
        netns: line?.netns,
      });
    }
  });

  it('finds a host by its id as by its name', async () => {
    expect(idsOf(await search(`host=${hostIds[2]}`))).toEqual(idsOf(await search('host=web-2')));
  });

  it('shows nothing of hosts that one may not see', async () => {
    const agent = { kind: 'agent', tokenId: 1, name: 'a' } as const;
    expect(await api.app.get(SearchService).search(agent, { limit: 10 })).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['peer', 'peer=web-1'],
    ['peer', 'peer=10.0.0.0/33'],
    ['peer', 'peer='],
    ['local', 'local=10.0.0.0/8/8'],
    ['port', 'port=65536'],
    ['port', 'port='],
    ['peerPort', 'peerPort=0x1bb'],
    ['localPort', 'localPort=-1'],
    ['process', 'process='],
    ['process', 'process=a%00b'],
    ['host', `host=${'x'.repeat(254)}`],
    ['at', 'at=yesterday'],
    ['at', `at=${iso(NOW)}&from=${iso(START)}`],
    ['at', 'at=2199-01-01T00:00:00Z'],
    ['from', `to=${iso(NOW)}`],
    ['from', `from=${iso(NOW)}&to=${iso(START)}&port=1`],
    ['from', `from=${iso(NOW - 3 * 86_400_000)}&to=${iso(NOW)}`],
    ['from', `from=1971-01-01T00:00:00Z&port=443`],
    ['to', `from=${iso(START)}&to=2199-01-01T00:00:00Z&port=1`],
    ['open', 'open=yes'],
    ['open', 'open=false'],
    ['limit', 'limit=0'],
    ['limit', 'limit=10001'],
    ['cursor', 'cursor=bm9uc2Vuc2U'],
  ])('is 400 for a bad %s: %s', async (path, query) => {
    expect(errorOf(await api.request('GET', `/api/v1/connections?${query}`, { headers: { cookie } }))).toMatchObject({
      statusCode: 400,
      issues: [{ path }],
    });
  });

  it('that takes too long is 503, and says what to do', async () => {
    const lock = 'LOCK TABLE connection_ended IN ACCESS EXCLUSIVE MODE';
    const holding = database.query(`DO $$ BEGIN ${lock}; PERFORM pg_sleep(7); END $$`);
    await sleep(500);
    const answer = await api.request('GET', `/api/v1/connections?port=443&from=${iso(START)}`, { headers: { cookie } });
    const { statusCode, message } = errorOf(answer);
    expect({ statusCode, retryAfter: answer.headers.get('retry-after') }).toEqual({ statusCode: 503, retryAfter: '2' });
    expect(message).toContain('Ask for less');
    await holding;
  });

  it('takes a long range with a criterion', async () => {
    const ids = idsOf(await search(`from=${iso(NOW - 30 * 86_400_000)}&port=443`));
    expect(ids).toEqual(expected([ofPorts((local, peer) => local === 443 || peer === 443)]));
  });
});
