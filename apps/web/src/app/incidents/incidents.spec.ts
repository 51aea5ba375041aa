/**
 * A real server in the test needs the Node builds of socket.io's packages.
 * @jest-environment-options {"customExportConditions": ["node", "require", "default"]}
 */
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { Incident } from '@closewatch/protocol';
import { incident, INCIDENT_ID } from '../../testing/incidents.ts';
import { withLanguage } from '../../testing/language.ts';
import { LiveServer, until } from '../../testing/live-server.ts';
import { LiveConnection } from '../live/live-connection.ts';
import { LIVE_TRANSPORT } from '../live/live-transport.ts';
import type { LanguageId } from '../i18n/languages.ts';
import { filterOf } from './incident-filter.ts';
import { mergeIncident } from './incident-reads.ts';
import { IncidentsPage } from './incidents.ts';

const LATER = '2026-11-22T12:30:00.000Z';
const OTHER_ID = '11111111-1f4e-4c5b-9d2a-7e6f5a4b3c2d';

describe('mergeIncident', () => {
  const all = filterOf({ state: 'all' });
  const open = filterOf({});
  const known = [incident({ id: OTHER_ID, openedAt: LATER }), incident()];
  const ids = (incidents: readonly Incident[]) => incidents.map(({ id, version }) => `${id.slice(0, 1)}${version}`);

  it('puts the new version in the place of the old one', () => {
    expect(ids(mergeIncident(known, incident({ version: 2 }), all))).toEqual(['11', '72']);
  });

  it('keeps the newest, whatever comes late', () => {
    expect(ids(mergeIncident(known, incident({ version: 0 }), all))).toEqual(['11', '71']);
  });

  it('puts one that is new where it belongs', () => {
    const between = incident({ id: `3${INCIDENT_ID.slice(1)}`, openedAt: '2026-11-22T12:10:00.000Z' });
    expect(ids(mergeIncident(known, between, all))).toEqual(['11', '31', '71']);
    expect(ids(mergeIncident([], between, all))).toEqual(['31']);
  });

  it('takes out what the filter admits no more, and lets nothing else in', () => {
    const resolved = incident({ version: 2, state: 'resolved' });
    expect(ids(mergeIncident(known, resolved, open))).toEqual(['11']);
    expect(ids(mergeIncident([], resolved, open))).toEqual([]);
  });
});

describe('the incidents page', () => {
  let server: LiveServer;
  let http: HttpTestingController;
  let fixture: ComponentFixture<IncidentsPage>;
  let root: HTMLElement;

  beforeEach(async () => {
    server = new LiveServer();
    await server.start();
  });

  afterEach(async () => {
    fixture.destroy();
    TestBed.inject(LiveConnection).disconnect();
    await server.stop();
  });

  async function opened(url: Record<string, string> = {}, language: LanguageId = 'en'): Promise<void> {
    await withLanguage(language, [
      provideHttpClient(),
      provideHttpClientTesting(),
      provideRouter([]),
      { provide: LIVE_TRANSPORT, useFactory: () => server.transport() },
    ]);
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(IncidentsPage);
    for (const [name, value] of Object.entries(url)) fixture.componentRef.setInput(name, value);
    root = fixture.nativeElement as HTMLElement;
    TestBed.tick();
    await settled();
  }

  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    TestBed.tick();
  };
  async function answer(items: readonly Incident[], nextCursor: string | null = null): Promise<string> {
    const request = http.expectOne(({ url }) => url === '/api/v1/incidents');
    request.flush({ items, nextCursor });
    await settled();
    await settled();
    return request.request.params.toString();
  }
  const rows = () => [...root.querySelectorAll('[data-testid=incident-row]')].map((row) => row.textContent ?? '');

  it('asks for what is open, and tells each in a sentence with its verdict', async () => {
    await opened();
    expect(root.querySelector('.loading')).not.toBeNull();
    expect(await answer([incident()])).toBe('state=open&limit=100');
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).toContain('checkout leaks 412 connections on port 8080');
    expect(rows()[0]).toContain('Code leak');
    expect(rows()[0]).toContain('Warning');
  });

  it('is told in Chinese too', async () => {
    await opened({}, 'zh-Hans');
    await answer([incident()]);
    expect(rows()[0]).toContain('checkout 在端口 8080 上泄漏 412 条连接');
  });

  it('says what an incident that is over was at its peak', async () => {
    await opened({ state: 'resolved' });
    await answer([incident({ state: 'resolved', resolvedAt: LATER, resolvedAs: 'restart', figures: { leaked: 0 } })]);
    expect(rows()[0]).toContain('412 connections');
    expect(rows()[0]).toContain('Ended by a restart');
    expect(rows()[0]).toContain('30 m 00 s');
  });

  it('takes its filter from the URL, also for the CSV', async () => {
    await opened({ state: 'all', severity: 'critical', rule: 'ports', host: 'web-1' });
    expect(await answer([])).toBe('state=all&severity=critical&rule=ports&host=web-1&limit=100');
    const csv = root.querySelector('[data-testid=incidents-csv]')?.getAttribute('href');
    expect(csv).toBe('/api/v1/incidents?state=all&severity=critical&rule=ports&host=web-1&format=csv');
    expect(root.textContent).toContain('No incident matches the filter');
  });

  it('says that nothing is open, and offers what is over', async () => {
    await opened();
    await answer([]);
    expect(root.querySelector('[data-testid=incidents-empty]')?.textContent).toContain('No incident is open');
  });

  it('goes on with what is told live', async () => {
    await opened();
    await answer([incident()]);
    TestBed.inject(LiveConnection).connect();
    await until('connected', () => TestBed.inject(LiveConnection).isConnected());
    server.emit('incident:opened', {
      cursor: '1',
      incident: incident({ id: OTHER_ID, service: 'orders', openedAt: LATER }),
    });
    await until('two rows', () => {
      TestBed.tick();
      return rows().length === 2;
    });
    expect(rows()[0]).toContain('orders leaks');
    server.emit('incident:changed', { cursor: '2', incident: incident({ version: 2, state: 'resolved' }) });
    await until('one row', () => {
      TestBed.tick();
      return rows().length === 1;
    });
  });

  it('reads on when there are more', async () => {
    await opened();
    await answer([incident()], 'next');
    root.querySelector<HTMLButtonElement>('.more')?.click();
    await settled();
    expect(await answer([incident()], 'next')).toBe('state=open&limit=100');
    expect(await answer([incident({ id: OTHER_ID })])).toBe('state=open&limit=100&cursor=next');
    expect(rows()).toHaveLength(2);
  });

  it('says why it could not be read', async () => {
    await opened();
    http
      .expectOne(({ url }) => url === '/api/v1/incidents')
      .flush(
        {
          statusCode: 503,
          error: 'Service Unavailable',
          message: 'The database is away.',
          issues: [],
          requestId: 'r1',
        },
        { status: 503, statusText: 'Service Unavailable' },
      );
    await settled();
    await settled();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('The database is away.');
  });
});
