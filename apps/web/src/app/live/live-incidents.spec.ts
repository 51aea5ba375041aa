/**
 * A real server in the test needs the Node builds of socket.io's packages.
 * @jest-environment-options {"customExportConditions": ["node", "require", "default"]}
 */
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { EnvironmentInjector, createEnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { FleetWatch, IncidentDetails } from '@closewatch/protocol';
import { incident, incidentDetails, INCIDENT_ID } from '../../testing/incidents.ts';
import { LiveServer, until } from '../../testing/live-server.ts';
import { watchIncident, type IncidentWatch } from './incident-watch.ts';
import { LiveConnection } from './live-connection.ts';
import { LIVE_TRANSPORT } from './live-transport.ts';
import { OpenIncidents } from './open-incidents.ts';

const OTHER_ID = '11111111-1f4e-4c5b-9d2a-7e6f5a4b3c2d';
const OPEN_URL = '/api/v1/incidents?state=open&limit=200';

let server: LiveServer;
let live: LiveConnection;
let page: EnvironmentInjector;
let http: HttpTestingController;

beforeEach(async () => {
  server = new LiveServer();
  await server.start();
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(),
      provideHttpClientTesting(),
      { provide: LIVE_TRANSPORT, useFactory: () => server.transport() },
    ],
  });
  live = TestBed.inject(LiveConnection);
  http = TestBed.inject(HttpTestingController);
  page = createEnvironmentInjector([OpenIncidents], TestBed.inject(EnvironmentInjector));
});

afterEach(async () => {
  live.disconnect();
  await server.stop();
});

const settled = async () => {
  await new Promise((resolve) => setTimeout(resolve, 0));
  TestBed.tick();
};

describe('the open incidents', () => {
  async function opened(): Promise<{ open: OpenIncidents; watches: FleetWatch[] }> {
    const watches: FleetWatch[] = [];
    server.serve((socket) => socket.on('fleet:watch', (watch) => watches.push(watch)));
    const open = page.get(OpenIncidents);
    live.connect();
    TestBed.tick();
    http.expectOne(OPEN_URL).flush({ items: [incident()], nextCursor: null });
    await settled();
    await until('the fleet is watched', () => watches.length === 1);
    return { open, watches };
  }

  it('are read once, and asked for without the hosts', async () => {
    const { open, watches } = await opened();
    expect(open.incidents()?.map(({ id }) => id)).toEqual([INCIDENT_ID]);
    expect(watches).toEqual([{ ids: [] }]);
  });

  it('go on with what is told: the worst first, and what is resolved leaves', async () => {
    const { open } = await opened();
    const worse = incident({ id: OTHER_ID, severity: 'critical' });
    server.emit('incident:opened', { cursor: '1', incident: worse });
    await until('a second one', () => open.count() === 2);
    expect(open.incidents()?.map(({ id }) => id)).toEqual([OTHER_ID, INCIDENT_ID]);
    server.emit('incident:changed', { cursor: '2', incident: { ...worse, state: 'resolved', version: 2 } });
    await until('one again', () => open.count() === 1);
    expect(open.incidents()?.map(({ id }) => id)).toEqual([INCIDENT_ID]);
  });

  it('are read again after a reconnect', async () => {
    const { open } = await opened();
    server.cut();
    let reads = http.match(OPEN_URL);
    await until('a second read', () => {
      TestBed.tick();
      reads = [...reads, ...http.match(OPEN_URL)];
      return reads.length > 0;
    });
    reads[0]?.flush({ items: [], nextCursor: null });
    await settled();
    expect(open.count()).toBe(0);
  });
});

describe('watching an incident', () => {
  function serve(picture: () => IncidentDetails): { asked: string[]; left: string[] } {
    const served = { asked: [] as string[], left: [] as string[] };
    server.serve((socket) => {
      socket.on('incident:watch', ({ id }, answer) => {
        served.asked.push(id);
        answer({ ok: true, picture: { cursor: '1', incident: picture() } });
      });
      socket.on('incident:unwatch', ({ id }) => served.left.push(id));
    });
    return served;
  }

  function watch(id = signal(INCIDENT_ID)): IncidentWatch {
    const watch = runInInjectionContext(page, () => watchIncident(id));
    TestBed.tick();
    live.connect();
    return watch;
  }

  it('shows the picture, then the news, then the whole again', async () => {
    let version = 1;
    const served = serve(() => incidentDetails({ version, service: `version ${version}` }));
    const watched = watch();
    await until('the picture', () => watched.incident()?.service === 'version 1');
    version = 2;
    server.emit('incident:changed', { cursor: '2', incident: incident({ version: 2, service: 'news' }) });
    await until('the news', () => watched.incident()?.service === 'news');
    await until('the whole', () => watched.incident()?.service === 'version 2');
    expect(served.asked).toEqual([INCIDENT_ID, INCIDENT_ID]);
  });

  it('hears nothing of others, and takes no older picture', async () => {
    serve(() => incidentDetails({ version: 3, service: 'shop' }));
    const watched = watch();
    await until('the picture', () => watched.incident() !== null);
    server.emit('incident:changed', {
      cursor: '9',
      incident: incident({ id: OTHER_ID, version: 9, service: 'other' }),
    });
    watched.take(incidentDetails({ version: 2, service: 'old' }));
    expect(watched.incident()?.service).toBe('shop');
    watched.take(incidentDetails({ version: 4, service: 'newer' }));
    expect(watched.incident()?.service).toBe('newer');
  });

  it('leaves one incident for the next', async () => {
    const id = signal(INCIDENT_ID);
    const served = serve(() => incidentDetails({ id: id() }));
    const watched = watch(id);
    await until('the first', () => watched.incident()?.id === INCIDENT_ID);
    id.set(OTHER_ID);
    TestBed.tick();
    await until('the second', () => watched.incident()?.id === OTHER_ID);
    await until('left the first', () => served.left.length === 1);
    expect(served.left).toEqual([INCIDENT_ID]);
  });
});
