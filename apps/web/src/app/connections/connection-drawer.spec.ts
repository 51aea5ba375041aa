import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { Language } from '@closewatch/messages';
import { HOST_ID } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { connectionDetails } from '../../testing/leaks.ts';
import { ConnectionDrawer } from './connection-drawer.ts';

const URL = `/api/v1/hosts/${HOST_ID}/connections/socket-00000001`;

async function open(language: Language = 'en') {
  await withLanguage(language, [provideRouter([]), provideHttpClient(), provideHttpClientTesting()]);
  const fixture = TestBed.createComponent(ConnectionDrawer);
  fixture.componentRef.setInput('hostId', HOST_ID);
  fixture.componentRef.setInput('socketId', 'socket-00000001');
  let closed = 0;
  fixture.componentInstance.closed.subscribe(() => closed++);
  const root = fixture.nativeElement as HTMLElement;
  document.body.append(root);
  fixture.detectChanges();
  const http = TestBed.inject(HttpTestingController);
  const text = (selector = 'aside') => root.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim();
  const answered = async (body: object, options: object = {}) => {
    http.expectOne(URL).flush(body, options);
    await fixture.whenStable();
  };
  return { fixture, root, text, answered, http, closedTimes: () => closed };
}

describe('the drawer of a connection', () => {
  it('says why it does not close, what to do, and what the other end does', async () => {
    const { text, root, answered } = await open();
    await answered(connectionDetails());
    expect(text('[data-testid=finding-verdict]')).toBe('Code leak 85%');
    expect(text('[data-testid=finding-advice]')).toContain('forgets to close');
    expect(text('[data-testid=peer-end]')).toBe(
      'client-2 has no socket of this connection any more: nobody waits for our side.',
    );
    expect(root.querySelector('cw-peer-end a')?.getAttribute('href')).toBe(`/hosts/${HOST_ID}?netns=3`);
    expect(text('[data-testid=old-tuple]')).toContain('draws port 40000 again');
    expect(text('[data-testid=old-tuple]')).toContain('now: 7');
    expect(text('[data-testid=part-of-leak]')).toContain('12 connections');
    expect(text('cw-copy-line code')).toBe('ss -tnp');
  });

  it('says why the other end is not known, and has no commands for one that has ended', async () => {
    const { text, root, answered } = await open();
    const peerEnd = {
      hostId: null,
      hostname: null,
      netns: null,
      state: 'unknown',
      ground: 'no_host',
      asOf: null,
    } as const;
    await answered(connectionDetails({ peerEnd, oldTuple: null, leak: null, commands: [] }));
    expect(text('[data-testid=peer-end]')).toBe('Not known: no host that reports has the address 10.0.0.2.');
    expect(root.querySelector('cw-copy-line')).toBeNull();
    expect(root.querySelector('[data-testid=old-tuple]')).toBeNull();
  });

  it('takes the focus, closes by Escape, and gives the focus back', async () => {
    const opener = document.createElement('button');
    document.body.append(opener);
    opener.focus();
    const { root, answered, closedTimes } = await open();
    await answered(connectionDetails());
    expect(document.activeElement?.id).toBe('connection-drawer-heading');
    root.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(closedTimes()).toBe(1);
    expect(document.activeElement).toBe(opener);
  });

  it('says so when there is no such connection', async () => {
    const { text, answered } = await open();
    const error = { statusCode: 404, error: 'Not Found', message: 'no', issues: [], requestId: 'r' };
    await answered(error, { status: 404, statusText: 'Not Found' });
    expect(text()).toContain('This connection is not known');
  });

  it('keeps what it knows while it reads again', async () => {
    const { fixture, text, answered } = await open();
    await answered(connectionDetails());
    fixture.componentRef.setInput('version', 2);
    fixture.detectChanges();
    expect(text('[data-testid=finding-verdict]')).toBe('Code leak 85%');
    const { connection } = connectionDetails();
    const verdict = connection.verdict === null ? null : { ...connection.verdict, confidence: 0.6 };
    await answered(connectionDetails({ connection: { ...connection, verdict } }));
    expect(text('[data-testid=finding-verdict]')).toBe('Code leak 60%');
  });

  it('speaks Chinese', async () => {
    const { text, answered } = await open('zh-Hans');
    await answered(connectionDetails());
    expect(text('[data-testid=peer-end]')).toContain('client-2 上已没有该连接的套接字');
  });
});
