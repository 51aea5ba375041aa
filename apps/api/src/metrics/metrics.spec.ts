import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TCP_STATES } from '@closewatch/socket-states';
import { DetectionService } from '../detection/detection.service.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from '../testing/push-builder.ts';
import { readMetrics } from '../testing/metric-reader.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { LeakFigures } from './leak-figures.ts';
import { MetricsService } from './metrics.service.ts';

const SCRIPT_TOKEN = 'a-token-for-scripts-0001';
/** How long what was read of hosts is kept. */
const KEPT_MS = 5_001;
const promtool = spawnSync('promtool', ['--version']).status === 0;

let database: TestDatabase;
let api: TestApi;
const clock = new MovableClock();

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = { CLOSEWATCH_SCRIPT_TOKEN: SCRIPT_TOKEN };
  api = await TestApi.start({ databaseUrl: database.url, clock, environment });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

async function host(hostname: string, takenAt = clock.now()): Promise<{ id: string; hostId: number }> {
  const push = buildPush({
    snapshots: [
      buildSnapshot({
        takenAt: iso(takenAt),
        counts: { established: 7, close_wait: 3, syn_received: 2, fin_wait_2: 4 } as never,
        connections: [buildConnection(randomUUID(), takenAt - 90_000, { lastSeenAt: iso(takenAt) })],
      }),
    ],
  });
  await api.pushed({ ...push, agent: { ...push.agent, hostname } });
  const [row] = await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host WHERE agent_id = $1', [
    push.agentId,
  ]);
  return { id: push.agentId, hostId: row?.hostId ?? 0 };
}

const scrape = (headers: Record<string, string> = { authorization: `Bearer ${SCRIPT_TOKEN}` }, server = api) =>
  server.request<string>('GET', '/metrics', { headers });

/** What is told once all that is known now is read again. */
async function metrics(): Promise<Map<string, number>> {
  clock.aheadMs += KEPT_MS;
  const { status, body } = await scrape();
  expect(status).toBe(200);
  return readMetrics(body);
}

/** Opens an incident, as detection would store it. */
async function incident(hostId: number, severity: string, figures: object, staleSince: string | null = null) {
  await database.query(
    `INSERT INTO incident (host_id, incident_id, rule, key, severity, subject, service, began_at, opened_at, stale_since,
                           figures, figures_at, peak_figure, peak_value, peak_at, reasons, state)
     VALUES ($1, $2::uuid, 'leak', $2::uuid::text, $3, '{}', 'shop', now(), now(), $5, $4, now(), 'leaked', 1, now(), '[]', '{}')`,
    [hostId, randomUUID(), severity, JSON.stringify(figures), staleSince],
  );
}

describe('/metrics', () => {
  it('has the counts of a host as node_exporter names them', async () => {
    await host('states-1');
    const found = await metrics();
    const of = (state: string) => found.get(`node_tcp_connection_states{host="states-1",state="${state}"}`);
    expect(['established', 'close_wait', 'syn_recv', 'fin_wait2', 'listen'].map(of)).toEqual([7, 3, 2, 4, 3]);
    expect(of('syn_received')).toBeUndefined();
    // Not measured is not zero.
    expect(of('last_ack')).toBeUndefined();
  });

  it('has what is aged of a host, when it was seen, and that it is up', async () => {
    const at = clock.now();
    await host('seen-1', at);
    const found = await metrics();
    expect(found.get('closewatch_close_wait_aged{host="seen-1"}')).toBe(1);
    expect(found.get('closewatch_close_wait_leaked{host="seen-1"}')).toBe(0);
    expect(found.get('closewatch_descriptors_orphaned{host="seen-1"}')).toBe(0);
    expect(found.get('closewatch_host_last_seen_timestamp_seconds{host="seen-1"}')).toBeCloseTo(at / 1_000, 0);
    expect(found.get('closewatch_host_up{host="seen-1"}')).toBe(1);
  });

  it('tells of a silent host no more than that, and since when', async () => {
    await host('silent-1', clock.now() - 3_600_000);
    const found = [...(await metrics()).keys()].filter((series) => series.includes('"silent-1"'));
    expect(found).toEqual([
      'closewatch_host_last_seen_timestamp_seconds{host="silent-1"}',
      'closewatch_host_up{host="silent-1"}',
      'closewatch_host_incidents_open{host="silent-1",severity="warning"}',
      'closewatch_host_incidents_open{host="silent-1",severity="critical"}',
    ]);
  });

  it('tells hosts of one name apart, and takes any name', async () => {
    const ids = [(await host('twin')).id, (await host('twin')).id];
    await host('a"b\\c');
    const found = await metrics();
    for (const id of ids) expect(found.get(`closewatch_host_up{host="twin (${id.slice(0, 8)})"}`)).toBe(1);
    expect(found.get('closewatch_host_up{host="a\\"b\\\\c"}')).toBe(1);
  });

  it('counts open incidents, by rule and severity and by host, and has zeros for the others', async () => {
    const { hostId } = await host('ill-1');
    await incident(hostId, 'warning', { leaked: 12, timeLeftMs: 90_000 });
    await incident(hostId, 'critical', { leaked: 30, timeLeftMs: 60_500 });
    await incident(hostId, 'critical', { leaked: 5, timeLeftMs: null }, iso(clock.now()));
    const found = await metrics();
    expect(found.get('closewatch_incidents_open{severity="critical",rule="leak"}')).toBe(2);
    expect(found.get('closewatch_incidents_open{severity="warning",rule="ports"}')).toBe(0);
    expect(found.get('closewatch_host_incidents_open{host="ill-1",severity="critical"}')).toBe(2);
    // What a silent host leaked is not what it leaks.
    expect(found.get('closewatch_close_wait_leaked{host="ill-1"}')).toBe(42);
    expect(found.get('closewatch_service_close_wait_leaked{host="ill-1",service="shop"}')).toBe(42);
    expect(found.get('closewatch_descriptors_time_left_seconds{host="ill-1",service="shop"}')).toBe(60.5);
  });

  it('has the newest figures of the hosts that this server watches over, incident or not', async () => {
    const { hostId } = await host('watched-1');
    api.app.get(LeakFigures).tell(hostId, [
      { service: 'shop', leaked: 2, timeLeftMs: null },
      { service: 'cart', leaked: 3, timeLeftMs: 7_000 },
      { service: 'calm', leaked: 0, timeLeftMs: null },
    ]);
    const found = await metrics();
    expect(found.get('closewatch_close_wait_leaked{host="watched-1"}')).toBe(5);
    expect(found.get('closewatch_service_close_wait_leaked{host="watched-1",service="cart"}')).toBe(3);
    expect(found.get('closewatch_descriptors_time_left_seconds{host="watched-1",service="cart"}')).toBe(7);
    expect([...found.keys()].filter((series) => series.includes('calm'))).toEqual([]);
  });

  it('counts what is pushed, and what becomes of it', async () => {
    const before = await metrics();
    const push = buildPush();
    await api.pushed(push);
    await api.pushed(push);
    await api.push({});
    const after = await metrics();
    const more = (series: string) => (after.get(series) ?? NaN) - (before.get(series) ?? NaN);
    expect(more('closewatch_pushes_total{outcome="stored"}')).toBe(2);
    expect(more('closewatch_pushes_total{outcome="refused"}')).toBe(1);
    expect(more('closewatch_snapshots_total{outcome="accepted"}')).toBe(1);
    expect(more('closewatch_snapshots_total{outcome="duplicate"}')).toBe(1);
  });

  it('tells how this server does', async () => {
    const found = await metrics();
    expect(found.get('closewatch_database_up')).toBe(1);
    expect(found.get('closewatch_rules_file_refused')).toBe(0);
    expect(found.get('closewatch_ingest_waiting_pushes')).toBe(0);
    expect(found.get('closewatch_packing_lag_seconds')).toBeGreaterThan(0);
    expect(found.get('closewatch_database_connections{pool="read",state="idle"}')).toBeGreaterThan(0);
    expect(found.get('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  it('is read anew no more often than every five seconds', async () => {
    await metrics();
    await host('late-1');
    expect((await scrape()).body).not.toContain('late-1');
    clock.aheadMs += KEPT_MS;
    expect((await scrape()).body).toContain('late-1');
  });

  it('of 1,000 hosts holds nobody up for 50 ms', async () => {
    await database.query(
      `WITH hosts AS (
         INSERT INTO host (agent_id, hostname, machine_id, boot_id, run_id, run_since, run_until, agent_version, kernel,
                           source, capabilities, missing, clock_offset_ms, interval_ms, first_seen_at)
         SELECT gen_random_uuid(), 'many-' || number, 'm', gen_random_uuid(), gen_random_uuid(), now(), now(), '1', 'k',
                'netlink', '[]', '[]', 0, 5000, now()
           FROM generate_series(1, 1000) number
         RETURNING host_id)
       INSERT INTO host_latest (host_id, cursor, last_seen_at, close_wait_open, close_wait_aged, ${TCP_STATES.join(', ')})
       SELECT host_id, 1, now() + interval '1 hour', 3, 2, ${TCP_STATES.map((_, index) => index).join(', ')} FROM hosts`,
    );
    // Others are at work on this machine too: the best of some tries tells what it takes.
    const longest: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      clock.aheadMs += KEPT_MS;
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const body = (await api.app.get(MetricsService).text()).toString();
      delay.disable();
      longest.push(delay.max / 1e6);
      expect(body.match(/^node_tcp_connection_states\{host="many-/gm)).toHaveLength(12_000);
    }
    expect(Math.min(...longest)).toBeLessThan(50);
  });

  it('is for people and scripts, in the format that Prometheus knows', async () => {
    expect(errorOf(await scrape({})).statusCode).toBe(401);
    expect(errorOf(await scrape({ authorization: 'Bearer not-a-token-of-ours' })).statusCode).toBe(401);
    expect(errorOf(await scrape({ authorization: `Bearer ${api.agentToken}` })).statusCode).toBe(403);
    const { status, headers } = await scrape({ cookie: await api.signIn() });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('is for everybody where the configuration says so', async () => {
    const environment = { CLOSEWATCH_METRICS: 'open' };
    const open = await TestApi.start({ databaseUrl: database.url, clock, environment });
    try {
      expect((await scrape({}, open)).status).toBe(200);
    } finally {
      await open.stop();
    }
  });

  // Debian's package prometheus has it.
  (promtool ? it : it.skip)('is what promtool finds no fault with', async () => {
    const { body } = await scrape();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('tells how detection does', async () => {
    // No rule made those of the others.
    await database.query('DELETE FROM incident');
    await api.app.get(DetectionService).round();
    const told = await metrics();
    expect(told.get('closewatch_detection_shards')).toBe(16);
    expect(told.get('closewatch_detection_hosts')).toBeGreaterThan(0);
    expect(told.get('closewatch_detection_troubled_hosts')).toBe(0);
    expect(told.get('closewatch_detection_round_seconds')).toBeGreaterThan(0);
    const endedAt = 1_000 * (told.get('closewatch_detection_round_timestamp_seconds') ?? 0);
    expect(clock.now() - endedAt).toBeLessThan(60_000);
    expect(told.get('closewatch_database_waiting{pool="detection"}')).toBe(0);
  });
});
