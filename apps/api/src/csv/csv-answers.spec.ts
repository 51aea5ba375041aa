import { get as httpGet, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type ConnectionItem, type Page } from '@closewatch/protocol';
import { SearchService } from '../connections/search.service.ts';
import { pushStory, tellStory } from '../testing/lifetime-builder.ts';
import { readCsv } from '../testing/csv-reader.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import {
  buildEvidence,
  buildOrphans,
  buildPorts,
  buildProcess,
  buildProcessTable,
} from '../testing/section-builder.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000 - 5_000;
const MANY = 5_500;
/** So wordy that all of them together are more than what lies between a server and a client that does not read. */
const WORDY = {
  ...{ pid: 1, startedAt: iso(NOW), executable: '/usr/bin/java', descriptor: 1 },
  command: 'x'.repeat(2_200),
};
let database: TestDatabase;
let api: TestApi;
let cookie: string;
let id: string;
let many: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  [id = ''] = await pushStory(api, tellStory(300, 1, NOW), 1, NOW);
  const push = buildPush({
    snapshots: [
      buildSnapshot({
        takenAt: iso(NOW),
        connections: Array.from({ length: MANY }, (_, index) =>
          buildConnection(`many-${String(index).padStart(6, '0')}`, NOW - (index % 500) * 1_000, {
            lastSeenAt: iso(NOW),
            peer: { address: '203.0.113.9', port: 1_024 + index },
            owners: [WORDY],
          }),
        ),
        ...{ evidence: [buildEvidence(buildProcess(1))], orphans: buildOrphans(1), ports: buildPorts(1) },
        processes: buildProcessTable([buildProcess(1), buildProcess(2)]),
        events: [{ at: iso(NOW), kind: 'suspended', forMs: 5_000 }],
      }),
    ],
  });
  await api.pushed(push);
  many = push.agentId;
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const csv = (path: string, headers: Record<string, string> = { accept: 'text/csv' }) =>
  api.request<string>('GET', path, { headers: { cookie, ...headers } });

/** The values of one column. */
function column(text: string, name: string): string[] {
  const [heading = [], ...rows] = readCsv(text);
  const index = heading.indexOf(name);
  if (index < 0) throw new Error(`There is no column ${name} among ${heading.join(', ')}`);
  return rows.map((row) => row[index] ?? '');
}

describe('CSV', () => {
  it('has all that the pages of the list have, in their order, with a heading and a file name', async () => {
    const { status, headers, body } = await csv(`/api/v1/hosts/${id}/connections?at=${iso(NOW)}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="closewatch-connections-${id.slice(0, 8)}-\\d{8}T\\d{6}Z\\.csv"$`),
    );
    expect(headers.get('vary')).toContain('Accept');
    const { items } = await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${id}/connections?at=${iso(NOW)}`);
    expect(items.length).toBeGreaterThan(50);
    expect(column(body, 'socket_id')).toEqual(items.map(({ socketId }) => socketId));
    expect(column(body, 'age_at_least_seconds')).toEqual(items.map(({ ageSeconds }) => String(ageSeconds.atLeast)));
    expect(column(body, 'peer_address')).toEqual(items.map(({ peer }) => peer.address));
  });

  it('is the same by ?format=csv, and JSON by ?format=json whatever the header says', async () => {
    const path = `/api/v1/hosts/${id}/connections?at=${iso(NOW)}`;
    const { body } = await csv(path);
    expect((await csv(`${path}&format=csv`, {})).body).toBe(body);
    const { headers } = await csv(`${path}&format=json`);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it.each([7, 1_000, 10_000])('goes on over all pages, each row once, from a first page of %i', async (limit) => {
    const { body } = await csv(`/api/v1/hosts/${many}/connections?limit=${limit}`);
    const ids = column(body, 'socket_id');
    expect(ids).toHaveLength(MANY);
    expect(new Set(ids).size).toBe(MANY);
  });

  it('guards cells that a spreadsheet would work out', async () => {
    const { body } = await csv(`/api/v1/connections?process=shop&from=${iso(NOW - 3_600_000)}`);
    const commands = column(body, 'owner_commands');
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) expect(command).toMatch(/^'=cmd\("\d"\), and more/);
  });

  it.each([
    ['/api/v1/hosts', 'close_wait_oldest_seconds'],
    ['/api/v1/hosts/:id/states', 'close_wait_max_sockets'],
    ['/api/v1/hosts/:id/namespaces', 'established_sockets'],
    ['/api/v1/hosts/:id/processes', 'descriptors_used'],
    ['/api/v1/hosts/:id/orphans', 'socket_id'],
    ['/api/v1/hosts/:id/ports', 'available_ports'],
    ['/api/v1/hosts/:id/events', 'for_ms'],
    ['/api/v1/hosts/:id/connections', 'recv_queue_bytes'],
    [`/api/v1/hosts/:id/connections/diff?a=${iso(NOW - 3_600_000)}`, 'change'],
    ['/api/v1/hosts/:id/connections/groups?by=process', 'aged_connections'],
    [
      `/api/v1/hosts/:id/connections/survival?from=${iso(NOW - 3_600_000)}&to=${iso(NOW)}&groupBy=peer`,
      'remaining_connections',
    ],
    [`/api/v1/connections?from=${iso(NOW - 3_600_000)}`, 'hostname'],
    ['/api/v1/fleet', 'close_wait_aged_connections'],
  ])('of %s has rows as wide as its heading, and %s among them', async (path, name) => {
    const { status, body } = await csv(path.replace(':id', many));
    expect(status).toBe(200);
    const [heading = [], ...rows] = readCsv(body);
    expect(heading).toContain(name);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(heading.length);
  });

  it.each([
    ['format', '?format=xml'],
    ['format', '?format='],
    ['limit', '?format=csv&limit=0'],
    ['cursor', '?format=csv&cursor=x'],
    ['at', '?format=csv&at=yesterday'],
  ])('is 400 in JSON for a bad %s: %s', async (path, query) => {
    const answer = await csv(`/api/v1/hosts/${id}/connections${query}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path }] });
  });

  it('is 401 for nobody and 404 for an unknown host, in JSON', async () => {
    const unknown = '/api/v1/hosts/9aea92db-9030-4be5-a3e6-3b140e22073e/connections?format=csv';
    expect(errorOf(await api.request('GET', unknown)).statusCode).toBe(401);
    expect(errorOf(await csv(unknown)).statusCode).toBe(404);
  });

  it('reads no further than its reader, and stops when the reader has gone', async () => {
    const searched = jest.spyOn(api.app.get(SearchService), 'search');
    try {
      const response = await opened(`/api/v1/connections?limit=10&format=csv&from=${iso(NOW - 3_600_000)}`);
      response.pause();
      await sleep(300);
      const whileWaiting = searched.mock.calls.length;
      expect(whileWaiting).toBeLessThan(7);
      response.destroy();
      await sleep(300);
      expect(searched.mock.calls.length).toBeLessThanOrEqual(whileWaiting + 1);
      const { body } = await csv(`/api/v1/connections?limit=10&from=${iso(NOW - 3_600_000)}`);
      expect(readCsv(body).length).toBeGreaterThan(MANY);
      // Of 10 rows, and then of 1,000.
      expect(searched.mock.calls.length - whileWaiting).toBeGreaterThanOrEqual(7);
    } finally {
      searched.mockRestore();
    }
  });

  it('cuts the connection when a later page fails, so that half is not taken for all', async () => {
    const service = api.app.get(SearchService);
    const search = service.search.bind(service);
    let pages = 0;
    const failing = jest.spyOn(service, 'search').mockImplementation((...request) => {
      return ++pages === 3 ? Promise.reject(new Error('gone')) : search(...request);
    });
    try {
      const response = await opened(`/api/v1/connections?limit=10&format=csv&from=${iso(NOW - 3_600_000)}`);
      await expect(textOf(response)).rejects.toThrow('aborted');
    } finally {
      failing.mockRestore();
    }
  });

  it('is only the heading for HEAD', async () => {
    const { status, body } = await api.request('HEAD', `/api/v1/connections?format=csv`, { headers: { cookie } });
    expect([status, body]).toEqual([200, '']);
  });

  it('keeps its instant while connections end, so that none is lost on the way', async () => {
    const path = `/api/v1/hosts/${many}/connections?limit=1`;
    const response = await opened(path);
    const push = { ...buildPush(), agentId: many };
    const ended = buildSnapshot({ takenAt: iso(Date.now()), complete: true, connections: [] });
    const known = await database.query<{ run_id: string; boot_id: string; machine_id: string }>(
      'SELECT run_id, boot_id, machine_id FROM host WHERE agent_id = $1',
      [many],
    );
    const { run_id: runId = '', boot_id: bootId = '', machine_id: machineId = '' } = known[0] ?? {};
    await api.pushed({ ...push, runId, bootId, agent: { ...push.agent, machineId }, snapshots: [ended] });
    const open = await api.read<Page<ConnectionItem>>(cookie, `/api/v1/hosts/${many}/connections`);
    expect(open.items).toEqual([]);
    const ids = column(await textOf(response), 'socket_id');
    expect(ids).toHaveLength(MANY);
    expect(new Set(ids).size).toBe(MANY);
  });
});

/** A request whose answer has begun, and is not read yet. */
function opened(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpGet(api.url + path, { headers: { cookie, accept: 'text/csv' } }, resolve).on('error', reject);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
