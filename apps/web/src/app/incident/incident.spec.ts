/**
 * A real server in the test needs the Node builds of socket.io's packages.
 * @jest-environment-options {"customExportConditions": ["node", "require", "default"]}
 */
import '../../testing/match-media.ts';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting, type TestRequest } from '@angular/common/http/testing';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import type { ConnectionItem, IncidentDetails, Session } from '@closewatch/protocol';
import { AT, AT_MS, HOST_ID, connection, evidence, host, ownedBy } from '../../testing/builders.ts';
import { incidentDetails, INCIDENT_ID } from '../../testing/incidents.ts';
import { withLanguage } from '../../testing/language.ts';
import { LiveServer } from '../../testing/live-server.ts';
import { LIVE_TRANSPORT } from '../live/live-transport.ts';
import { LiveConnection } from '../live/live-connection.ts';
import { SESSION_URL, SessionStore } from '../session/session-store.ts';
import { IncidentPage } from './incident.ts';

const INCIDENT_URL = `/api/v1/incidents/${INCIDENT_ID}`;
const after = (seconds: number) => new Date(AT_MS + seconds * 1_000).toISOString();

/** Over after half an hour, at its worst after ten minutes; checkout was restarted four minutes before. */
const over = incidentDetails({
  state: 'resolved',
  resolvedAt: after(1_800),
  resolvedAs: 'restart',
  peak: { figure: 'leaked', value: 412, at: after(600) },
  events: [
    { number: 1, at: after(80), kind: 'opened', by: null, text: null, content: {} },
    { number: 2, at: after(300), kind: 'note', by: 'ana', text: 'the **pool**', content: {} },
  ],
  changes: [
    {
      id: 'c1',
      at: after(-240),
      kind: 'restart',
      hostId: HOST_ID,
      hostname: 'web-1',
      service: 'checkout',
      text: '',
      link: null,
      source: 'agent',
      author: null,
    },
  ],
  evidence: [{ number: 1, capturedAt: after(80), kind: 'process', content: evidence(7) }],
});

const leaked = (socketId: string, overrides: Partial<ConnectionItem> = {}): ConnectionItem =>
  connection({ socketId, local: { address: '10.0.0.1', port: 8_080 }, ...checkout, ...overrides });
const java = ownedBy('/usr/bin/java', 7);
const checkout: Partial<ConnectionItem> = {
  ...java,
  owners: (java.owners ?? []).map((owner) => ({ ...owner, unit: 'checkout.service' })),
};

let server: LiveServer;
let http: HttpTestingController;
let fixture: ComponentFixture<IncidentPage>;
let root: HTMLElement;
let live: LiveConnection;
let navigated: Record<string, string | null>[];

beforeEach(async () => {
  server = new LiveServer();
  await server.start();
});

afterEach(async () => {
  fixture.destroy();
  live.disconnect();
  await server.stop();
});

const settled = async () => {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    TestBed.tick();
  }
};

async function opened(
  incident: IncidentDetails = over,
  { url = {}, role = 'operator' }: { url?: Record<string, string>; role?: Session['role'] } = {},
): Promise<void> {
  await withLanguage('en', [
    provideHttpClient(),
    provideHttpClientTesting(),
    provideRouter([]),
    { provide: LIVE_TRANSPORT, useFactory: () => server.transport() },
  ]);
  http = TestBed.inject(HttpTestingController);
  live = TestBed.inject(LiveConnection);
  const known = TestBed.inject(SessionStore).ensure();
  http.expectOne(SESSION_URL).flush({ username: 'ana', role, expiresAt: AT });
  await known;
  navigated = [];
  jest.spyOn(TestBed.inject(Router), 'navigate').mockImplementation((_commands, extras) => {
    navigated.push(extras?.queryParams ?? {});
    return Promise.resolve(true);
  });
  fixture = TestBed.createComponent(IncidentPage);
  for (const [name, value] of Object.entries({ id: INCIDENT_ID, ...url })) fixture.componentRef.setInput(name, value);
  root = fixture.nativeElement as HTMLElement;
  TestBed.tick();
  http.expectOne(INCIDENT_URL).flush(incident);
  await settled();
  http.match(`/api/v1/hosts/${HOST_ID}`).forEach((request) => request.flush(host()));
}

const lists = (): TestRequest[] => http.match(({ url }) => url === `/api/v1/hosts/${HOST_ID}/connections`);
const diffs = (): TestRequest[] => http.match(({ url }) => url === `/api/v1/hosts/${HOST_ID}/connections/diff`);
const text = (testId: string) =>
  root.querySelector(`[data-testid=${testId}]`)?.textContent?.replaceAll(/\s+/g, ' ').trim();
const click = (testId: string) => root.querySelector<HTMLButtonElement>(`[data-testid=${testId}]`)?.click();
describe('the page of an incident', () => {
  it('says what it is, why, and after which change it began', async () => {
    await opened();
    expect(text('incident-headline')).toBe('checkout leaks 412 connections on port 8080');
    expect(text('began-after')).toBe('Began 4 m 00 s after checkout was restarted.');
    expect(text('finding-verdict')).toMatch(/^Code leak/);
    expect(text('incident-state')).toBe('Ended by a restart');
  });

  it('tells its story in order, notes made visible, changes among them', async () => {
    await opened();
    const story = [...root.querySelectorAll('[data-testid=story-entry]')];
    expect(story.map((entry) => entry.getAttribute('data-kind'))).toEqual(['restart', 'opened', 'note']);
    expect(story[2]?.querySelector('strong')?.textContent).toBe('pool');
  });

  it('looks at the peak of what is over, and at the instant in the URL', async () => {
    await opened();
    expect(lists().map(({ request }) => request.params.get('at'))).toEqual([after(600)]);
    fixture.componentRef.setInput('at', after(700));
    await settled();
    expect(lists().map(({ request }) => request.params.get('at'))).toEqual([after(700)]);
  });

  it('marks what is new and what is gone against where the cursor was before', async () => {
    await opened(over, { url: { at: after(700), before: after(600) } });
    lists()[0]?.flush({ items: [leaked('stayed-01'), leaked('new-00001')], nextCursor: null });
    const [diff] = diffs();
    expect(diff?.request.params.toString()).toBe(
      new URLSearchParams({ a: after(600), b: after(700) }).toString().replaceAll('%3A', ':'),
    );
    diff?.flush({
      items: [
        { ...leaked('new-00001'), change: 'appeared' },
        { ...leaked('gone-0001'), change: 'vanished' },
      ],
      nextCursor: null,
      a: after(600),
      b: after(700),
      appeared: 1,
      vanished: 1,
      stayed: 1,
    });
    await settled();
    expect(text('difference')).toContain('1 new, 1 gone');
    expect(text('connections-total')).toBe('3');
  });

  it('lists the connections of the incident, and all of the host on demand', async () => {
    const items = [leaked('of-this-1'), connection({ socketId: 'another-1', ...ownedBy('/usr/bin/node', 9) })];
    await opened();
    lists()[0]?.flush({ items, nextCursor: null });
    await settled();
    expect(text('connections-total')).toBe('1');
    click('all-connections');
    expect(navigated.at(-1)).toEqual({ all: '1' });
    fixture.componentRef.setInput('all', '1');
    await settled();
    expect(text('connections-total')).toBe('2');
  });

  it('moves by [ and ] from event to event, and sets pins by a and b', async () => {
    await opened();
    const press = (key: string, target: EventTarget = document.body) =>
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    press('[');
    expect(navigated.at(-1)).toEqual({ at: after(300), before: after(600) });
    press('a');
    expect(navigated.at(-1)).toEqual({ a: after(600) });
    const count = navigated.length;
    press(']');
    const note = root.querySelector('[data-testid=note-text]');
    if (note === null) throw new Error('there is no field for notes');
    document.body.append(root);
    press('b', note);
    expect(navigated).toHaveLength(count);
    root.remove();
  });

  it('compares two pins', async () => {
    await opened(over, { url: { a: after(100), b: after(900) } });
    const asked = diffs().map(({ request }) => `${request.params.get('a')} ${request.params.get('b')}`);
    expect(asked).toContain(`${after(100)} ${after(900)}`);
  });

  it('adds a note, and keeps what was typed when that fails', async () => {
    await opened();
    const field = root.querySelector<HTMLTextAreaElement>('[data-testid=note-text]');
    if (field === null) throw new Error('there is no field for notes');
    const add = async () => {
      field.value = 'it was the pool';
      field.dispatchEvent(new Event('input'));
      await settled();
      click('note-add');
      const request = http.expectOne({ method: 'POST', url: `${INCIDENT_URL}/notes` });
      expect(request.request.body).toEqual({ text: 'it was the pool' });
      return request;
    };
    (await add()).flush(null, { status: 503, statusText: 'Service Unavailable' });
    await settled();
    expect(root.querySelector('cw-note-form [role=alert]')?.textContent).toContain('That was not done.');
    expect(field.value).toBe('it was the pool');
    (await add()).flush({ ...over, version: 2, events: [...over.events, { ...over.events[1], number: 3 }] });
    await settled();
    expect(root.querySelectorAll('[data-testid=story-entry]')).toHaveLength(4);
    expect(field.value).toBe('');
  });

  it('is acknowledged, owned, reviewed and resolved', async () => {
    const open = { ...over, state: 'open' as const, resolvedAt: null, resolvedAs: null };
    await opened(open);
    click('acknowledge');
    http
      .expectOne({ method: 'POST', url: `${INCIDENT_URL}/acknowledge` })
      .flush({ ...open, version: 2, acknowledged: { at: AT, by: 'ana' } });
    await settled();
    expect(text('incident-state')).toContain('acknowledged by ana');
    click('own');
    const owned = http.expectOne({ method: 'PUT', url: `${INCIDENT_URL}/owner` });
    expect(owned.request.body).toEqual({ owner: 'ana' });
    owned.flush({ ...open, version: 3, owner: 'ana' });
    await settled();
    click('review-accept');
    const review = http.expectOne({ method: 'PUT', url: `${INCIDENT_URL}/review` });
    expect(review.request.body).toEqual({ verdict: 'code_leak' });
    review.flush({ ...open, version: 4, review: { at: AT, by: 'ana', verdict: 'code_leak', agrees: true } });
    await settled();
    expect(text('review')).toContain('ana accepted the verdict');
    click('resolve');
    http.expectOne({ method: 'POST', url: `${INCIDENT_URL}/resolve` }).flush({ ...over, version: 5 });
    await settled();
    expect(root.querySelector('[data-testid=resolve]')).toBeNull();
  });

  it('offers a viewer nothing to do', async () => {
    await opened({ ...over, state: 'open', resolvedAt: null, resolvedAs: null }, { role: 'viewer' });
    expect(
      root.querySelector('[data-testid=acknowledge], [data-testid=note-text], [data-testid=review-accept]'),
    ).toBeNull();
    expect(root.querySelectorAll('[data-testid=report-link]')).toHaveLength(3);
  });
});
