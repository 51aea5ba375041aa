import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import type { NamespaceItem } from '@closewatch/protocol';
import { host, namespace } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { NamespaceSwitch } from './namespace-switch.ts';
import { netnsOf } from './netns-of.ts';

async function shown(namespaces: readonly NamespaceItem[], chosen = 0): Promise<HTMLElement> {
  await withLanguage('en', [provideRouter([])]);
  const fixture = TestBed.createComponent(NamespaceSwitch);
  for (const [name, value] of Object.entries({ host: host(), namespaces, chosen })) {
    fixture.componentRef.setInput(name, value);
  }
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
}
const ids = (root: HTMLElement) => [...root.querySelectorAll('a')].map((link) => Number(link.dataset['netns']));
const leak = { count: 4, aged: 2, oldestSeconds: 90, orphaned: 0 };

describe('the namespaces of a host', () => {
  it('are links with counts, the host’s own first, then those that leak, then by name', async () => {
    const root = await shown([
      namespace({ id: 1, name: 'shop-10' }),
      namespace({ id: 2, name: 'shop-9' }),
      namespace({ id: 3, name: 'zebra', closeWait: leak }),
      namespace({ id: 4, name: null }),
    ]);
    expect(ids(root)).toEqual([0, 3, 4, 2, 1]);
    const links = [...root.querySelectorAll('a')];
    expect(links[1]?.textContent).toContain('4 CLOSE_WAIT');
    expect(links[1]?.querySelector('.leak')).not.toBeNull();
    expect(links[2]?.textContent).toContain('#4');
    expect([links[0]?.getAttribute('href'), links[1]?.getAttribute('href')]).toEqual(['/', '/?netns=3']);
    expect(links.map((link) => link.getAttribute('aria-current'))).toEqual(['true', ...Array<string>(4).fill('false')]);
  });

  it('are few at first, with the chosen one among them, and all on demand', async () => {
    const many = Array.from({ length: 40 }, (_, index) => namespace({ id: index + 1, name: `shop-${index + 1}` }));
    const root = await shown(many, 40);
    expect(ids(root)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 40]);
    root.querySelector('button')?.click();
    TestBed.tick();
    expect(ids(root)).toHaveLength(41);
  });
});

it.each([
  ['7', 7],
  ['2147483647', 2_147_483_647],
  [undefined, 0],
  ['', 0],
  ['-1', 0],
  ['1.5', 0],
  ['shop', 0],
  ['2147483648', 0],
])('reads ?netns=%s as %d', (text, netns) => {
  expect(netnsOf(text)).toBe(netns);
});
