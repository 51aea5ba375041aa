/**
 * A real server in the test needs the Node builds of socket.io's packages.
 * @jest-environment-options {"customExportConditions": ["node", "require", "default"]}
 */
import { EnvironmentInjector, createEnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { HostPicture } from '@closewatch/protocol';
import { AT, HOST_ID, connection, details, host, namespace } from '../../testing/builders.ts';
import { leak } from '../../testing/leaks.ts';
import { LiveServer, until } from '../../testing/live-server.ts';
import { mergeHosts, watchFleet, type FleetWatch } from './fleet-watch.ts';
import { watchHost, type HostWatch } from './host-watch.ts';
import { LiveConnection, ON_REFUSED } from './live-connection.ts';
import { LIVE_TRANSPORT } from './live-transport.ts';

let server: LiveServer;
let live: LiveConnection;
let page: EnvironmentInjector;
let refusals: number;

beforeEach(async () => {
  server = new LiveServer();
  await server.start();
  refusals = 0;
  TestBed.configureTestingModule({
    providers: [
      { provide: LIVE_TRANSPORT, useFactory: () => server.transport() },
      { provide: ON_REFUSED, useValue: () => refusals++ },
    ],
  });
  live = TestBed.inject(LiveConnection);
  page = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
});

afterEach(async () => {
  live.disconnect();
  await server.stop();
});

/** Serves one host; each picture has the next cursor, and one connection more than the last. */
function serveHost(): { pictures: number; unwatched: string[] } {
  const served = { pictures: 0, unwatched: [] as string[] };
  server.serve((socket) => {
    socket.on('host:watch', ({ netns = 0 }, answer) => {
      served.pictures++;
      const picture: HostPicture = {
        cursor: `${served.pictures}0`,
        netns,
        host: host(),
        leaks: [],
        details: details({ namespaces: [namespace({ id: 4 })], orphans: { takenAt: AT, count: 9, items: [] } }),
        connections: Array.from({ length: served.pictures }, (_, index) =>
          connection({ socketId: `picture-${index}` }),
        ),
      };
      answer({ ok: true, picture });
    });
    socket.on('host:unwatch', ({ id, netns = 0 }) => served.unwatched.push(netns === 0 ? id : `${id} ${netns}`));
  });
  return served;
}

function open(id = signal(HOST_ID), netns = signal(0)): HostWatch {
  const watch = runInInjectionContext(page, () => watchHost(id, netns));
  TestBed.tick();
  live.connect();
  return watch;
}

const ids = (watch: HostWatch) => watch.connections()?.map(({ socketId }) => socketId);

describe('watching a host', () => {
  it('shows the picture and goes on with what changes', async () => {
    serveHost();
    const watch = open();
    expect(live.status()).toBe('catching-up');
    await until('live', () => live.status() === 'live');
    server.emit('host:connections', {
      cursor: '11',
      previousCursor: '10',
      hostId: HOST_ID,
      netns: 0,
      changed: [connection({ socketId: 'new' })],
      endedSocketIds: ['picture-0'],
    });
    server.emit('host:snapshot', { cursor: '12', previousCursor: '11', netns: 0, host: host({ hostname: 'renamed' }) });
    await until('renamed', () => watch.host()?.hostname === 'renamed');
    expect(ids(watch)).toEqual(['new']);
  });

  it('asks for a new picture when a message is missing', async () => {
    const served = serveHost();
    const watch = open();
    await until('live', () => live.status() === 'live');
    server.emit('host:snapshot', {
      cursor: '15',
      previousCursor: '14',
      netns: 0,
      host: host({ hostname: 'from the future' }),
    });
    await until('a second picture', () => served.pictures === 2 && watch.connections()?.length === 2);
    expect(watch.host()?.hostname).toBe('web-1');
    expect(watch.pictures()).toBe(2);
  });

  it('is not disturbed by messages about another host', async () => {
    const served = serveHost();
    const watch = open();
    await until('live', () => live.status() === 'live');
    server.emit('host:snapshot', {
      cursor: '99',
      previousCursor: '98',
      netns: 0,
      host: host({ id: 'other', hostname: 'other' }),
    });
    server.emit('host:snapshot', { cursor: '11', previousCursor: '10', netns: 0, host: host({ hostname: 'renamed' }) });
    await until('renamed', () => watch.host()?.hostname === 'renamed');
    expect(served.pictures).toBe(1);
  });

  it('comes back after the connection is lost, with a new picture', async () => {
    serveHost();
    const watch = open();
    await until('live', () => live.status() === 'live');
    const before = Date.now();
    server.cut();
    await until('offline', () => live.status() === 'offline');
    expect(live.offlineSince()).toBeGreaterThanOrEqual(before);
    expect(ids(watch)).toEqual(['picture-0']);
    await until('live again', () => live.status() === 'live');
    expect(live.offlineSince()).toBeNull();
    expect(ids(watch)).toEqual(['picture-0', 'picture-1']);
    expect(refusals).toBe(0);
  });

  it('asks who it is when the server ends the socket', async () => {
    serveHost();
    open();
    await until('live', () => live.status() === 'live');
    server.dismiss();
    await until('asked', () => refusals === 1);
    expect(live.status()).toBe('offline');
  });

  it('says why there is no picture', async () => {
    server.serve((socket) => {
      socket.on('host:watch', (_watch, answer) =>
        answer({ ok: false, error: { statusCode: 404, message: 'no such host' } }),
      );
    });
    const watch = open();
    await until('refused', () => watch.error()?.statusCode === 404);
    expect(live.status()).toBe('live');
    expect(watch.host()).toBeNull();
  });

  it('leaves the old host when another is looked at, and the last when the page goes', async () => {
    const served = serveHost();
    const id = signal(HOST_ID);
    const watch = open(id);
    await until('first', () => watch.host() !== null);
    id.set('another');
    TestBed.tick();
    expect(watch.host()).toBeNull();
    await until('left', () => served.unwatched.includes(HOST_ID));
    page.destroy();
    await until('left both', () => served.unwatched.includes('another'));
    expect(live.status()).toBe('live');
  });
});

describe('watching a namespace of a host', () => {
  it('takes what is new of the details and keeps the rest', async () => {
    serveHost();
    const watch = open();
    await until('live', () => live.status() === 'live');
    expect(watch.namespaces().map(({ id }) => id)).toEqual([4]);
    server.emit('host:details', {
      ...{ cursor: '11', previousCursor: '10', hostId: HOST_ID, netns: 0 },
      details: { kernel: { takenAt: AT, counters: { TW: 7 } }, namespaces: [] },
    });
    await until('told', () => watch.namespaces().length === 0);
    expect(watch.details()).toEqual({
      ...{ evidence: null, pressureStall: null, processes: null, ports: null },
      orphans: { takenAt: AT, count: 9, items: [] },
      kernel: { takenAt: AT, counters: { TW: 7 } },
    });
  });

  it('takes the leaks of the picture and those that are told after it', async () => {
    serveHost();
    const watch = open();
    await until('live', () => live.status() === 'live');
    expect(watch.leaks()?.items).toEqual([]);
    server.emit('host:verdicts', {
      ...{ cursor: '11', previousCursor: '10', hostId: HOST_ID, netns: 0 },
      leaks: [leak({ leaked: 7 })],
    });
    await until('told', () => watch.leaks()?.items.length === 1);
    expect(watch.leaks()?.items).toEqual([leak({ leaked: 7 })]);
    expect(watch.leaks()?.heardAt).toBeLessThanOrEqual(performance.now());
  });

  it('leaves one for the other and keeps showing the host, undisturbed by messages of the one it left', async () => {
    const served = serveHost();
    const netns = signal(0);
    const watch = open(signal(HOST_ID), netns);
    await until('live', () => live.status() === 'live');
    netns.set(4);
    TestBed.tick();
    expect([watch.host()?.id, watch.connections(), watch.details(), watch.namespaces().length]).toEqual([
      ...[HOST_ID, null, null, 1],
    ]);
    await until('the other picture', () => watch.details() !== null);
    server.emit('host:details', {
      ...{ cursor: '11', previousCursor: '10', hostId: HOST_ID, netns: 0 },
      details: { orphans: null },
    });
    server.emit('host:details', {
      ...{ cursor: '21', previousCursor: '20', hostId: HOST_ID, netns: 4 },
      details: { kernel: { takenAt: AT } },
    });
    await until('told', () => watch.details()?.kernel !== null);
    expect([watch.details()?.orphans?.count, served.pictures, served.unwatched]).toEqual([9, 2, [HOST_ID]]);
    page.destroy();
    await until('left', () => served.unwatched.includes(`${HOST_ID} 4`));
  });
});

describe('watching the fleet', () => {
  it('takes totals and changed hosts from one stream', async () => {
    const totals = { hosts: { live: 1, stale: 0, silent: 0 }, counts: host().counts, closeWait: { count: 0, aged: 0 } };
    server.serve((socket) => {
      socket.on('fleet:watch', (_watch, answer) =>
        answer({ ok: true, picture: { cursor: 'a', totals, hosts: [host()] } }),
      );
    });
    const watch: FleetWatch = runInInjectionContext(page, () => watchFleet());
    live.connect();
    await until('live', () => live.status() === 'live' && watch.hosts() !== null);
    server.emit('fleet:summary', {
      cursor: 'b',
      previousCursor: 'a',
      totals: { ...totals, closeWait: { count: 7, aged: 0 } },
    });
    server.emit('fleet:delta', { cursor: 'c', previousCursor: 'b', hosts: [host({ hostname: 'renamed' })] });
    await until('renamed', () => watch.hosts()?.[0]?.hostname === 'renamed');
    expect(watch.totals()?.closeWait.count).toBe(7);
  });

  it('keeps the place of a changed host and adds a new one', () => {
    const merged = mergeHosts(
      [host({ id: 'a' }), host({ id: 'b' })],
      [host({ id: 'c' }), host({ id: 'a', hostname: 'new' })],
    );
    expect(merged.map(({ id, hostname }) => [id, hostname])).toEqual([
      ['a', 'new'],
      ['b', 'web-1'],
      ['c', 'web-1'],
    ]);
  });
});
