import { TestBed } from '@angular/core/testing';
import { AT, connection } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { heard } from '../live/host-watch.ts';
import { ConnectionQueue } from './connection-queue.ts';

async function shown(overrides: Parameters<typeof connection>[0]): Promise<HTMLElement | null> {
  await withLanguage('en');
  const fixture = TestBed.createComponent(ConnectionQueue);
  fixture.componentRef.setInput('connection', heard([connection(overrides)])[0]);
  fixture.componentRef.setInput('bytes', 1_234);
  await fixture.whenStable();
  return (fixture.nativeElement as HTMLElement).querySelector('span');
}

describe('a queue of a connection', () => {
  it('says on hover what else the kernel tells of the traffic', async () => {
    const queue = await shown({
      bytesAcked: 98_765,
      lastSentAt: AT,
      timer: { kind: 'keepalive', expiresInMs: 9_000, retries: 2 },
    });
    expect(queue?.textContent).toBe('1,234');
    const [acked, sent, timer] = queue?.title.split('\n') ?? [];
    expect(acked).toBe('98,765 bytes acknowledged by the peer');
    expect(sent).toContain('Last sent at');
    expect(timer).toBe('Keepalive timer runs, 2 probes unanswered');
  });

  it('says nothing more where nothing more is known', async () => {
    const queue = await shown({ timer: { kind: 'none', expiresInMs: 0, retries: 0 } });
    expect([queue?.title, queue?.classList.contains('more')]).toEqual(['', false]);
  });
});
