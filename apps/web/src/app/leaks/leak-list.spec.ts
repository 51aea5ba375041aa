import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { Language } from '@closewatch/messages';
import type { LeakGroup } from '@closewatch/protocol';
import { leak } from '../../testing/leaks.ts';
import { withLanguage } from '../../testing/language.ts';
import { LeakList } from './leak-list.ts';

async function list(...items: LeakGroup[]) {
  return listIn('en', items);
}

async function listIn(language: Language, items: LeakGroup[]) {
  await withLanguage(language, [provideRouter([])]);
  const fixture = TestBed.createComponent(LeakList);
  fixture.componentRef.setInput('leaks', { items, heardAt: performance.now() });
  fixture.componentRef.setInput('ticking', true);
  await fixture.whenStable();
  const root = fixture.nativeElement as HTMLElement;
  const texts = () =>
    [...root.querySelectorAll('[data-testid=leak]')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.replace(/\s+/g, ' ').trim()),
    );
  return { fixture, root, texts };
}

describe('the leaks of a host', () => {
  it('are told with service, endpoint, verdict, how many, how fast and how long it can go on', async () => {
    const { root, texts } = await list(
      leak({ incidentId: '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d', level: 'critical', orphaned: 3 }),
    );
    expect(texts()).toEqual([
      [
        ...['checkout', 'at port 8080', 'Code leak 85% Why, and what to do', '12 of 20 3 orphaned'],
        ...['5 m 00 s', '120/h', '2 h 00 m', 'Critical'],
      ],
    ]);
    expect(root.querySelector('[data-testid=leak-incident]')?.getAttribute('href')).toBe(
      '/incidents/0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d',
    );
  });

  it('say why when they are asked', async () => {
    const { fixture, root } = await list(leak());
    expect(root.querySelector('cw-finding')).toBeNull();
    root.querySelector<HTMLElement>('[data-testid=leak-why]')?.click();
    await fixture.whenStable();
    expect(root.querySelector('cw-finding')?.textContent).toContain('never closes the socket');
    expect(root.querySelector('[data-testid=leak-why]')?.getAttribute('aria-expanded')).toBe('true');
  });

  it('leave out what is not leaked until one asks for it', async () => {
    const young = leak({ leaked: 0, level: 'none', slopePerHour: null, timeLeftSeconds: null });
    const { fixture, root, texts } = await list(leak(), {
      ...young,
      subject: { ...young.subject, direction: 'outbound', endpoint: { address: '2001:db8::1', port: 443 } },
    });
    expect(texts()).toHaveLength(1);
    root.querySelector<HTMLElement>('button.button')?.click();
    await fixture.whenStable();
    expect(texts()[1]?.[1]).toBe('to [2001:db8::1]:443');
  });

  it('say why no process is known', async () => {
    const { texts } = await list(leak({ subject: { ...leak().subject, service: null, ownership: 'not_accepted' } }));
    expect(texts()[0]?.[0]).toBe('never accepted');
  });

  it('are told in Chinese', async () => {
    const { texts } = await listIn('zh-Hans', [leak()]);
    expect(texts()[0]?.[1]).toBe('端口 8080');
  });
});
