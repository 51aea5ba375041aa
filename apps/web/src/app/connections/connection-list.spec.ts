import { TestBed } from '@angular/core/testing';
import { AT, AT_MS, connection, host, ownedBy } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { heard, type HeardConnection } from '../live/host-watch.ts';
import { ConnectionAge } from './connection-age.ts';
import { ConnectionHeads } from './connection-heads.ts';
import { ConnectionList } from './connection-list.ts';
import { ConnectionOwner } from './connection-owner.ts';
import { connectionRow, DEFAULT_SORT, type Sort } from './connection-rows.ts';

const one = (overrides: Parameters<typeof connection>[0]): HeardConnection => {
  const [item] = heard([connection(overrides)]);
  if (item === undefined) throw new Error('heard() lost its item');
  return item;
};

async function age(item: HeardConnection, laterMs: number): Promise<HTMLElement> {
  const fixture = TestBed.createComponent(ConnectionAge);
  fixture.componentRef.setInput('connection', item);
  fixture.componentRef.setInput('until', item.heardAt + laterMs);
  await fixture.whenStable();
  return (fixture.nativeElement as HTMLElement).querySelector('span') as HTMLElement;
}

describe('the age of a connection', () => {
  beforeEach(() => withLanguage('en'));

  it('goes on while time passes, and says both bounds on hover', async () => {
    const shown = await age(one({ ageSeconds: { atLeast: 120, atMost: 125 } }), 5_000);
    expect(shown.textContent).toBe('2 m 05 s');
    expect(shown.title).toBe('In CLOSE_WAIT for between 2 m 05 s and 2 m 10 s');
  });

  it('says when it may be older than the agent', async () => {
    const shown = await age(one({ ageSeconds: { atLeast: 59, atMost: null } }), 0);
    expect(shown.textContent).toBe('59 s+');
    expect(shown.classList.contains('aged')).toBe(false);
    expect((await age(one({ ageSeconds: { atLeast: 59, atMost: null } }), 1_000)).classList.contains('aged')).toBe(
      true,
    );
  });
});

describe('the owner of a connection', () => {
  beforeEach(() => withLanguage('en'));

  async function owner(overrides: Parameters<typeof connection>[0]): Promise<HTMLElement> {
    const fixture = TestBed.createComponent(ConnectionOwner);
    fixture.componentRef.setInput('row', connectionRow(one(overrides)));
    fixture.componentRef.setInput('missing', ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH']);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  it('is the process, as text and never as markup', async () => {
    const shown = await owner(ownedBy('/tmp/<b onclick=alert(1)>x', 9));
    expect(shown.textContent?.trim()).toBe('<b onclick=alert(1)>x');
    expect(shown.querySelector('b')).toBeNull();
  });

  it('says in words why there is none', async () => {
    expect((await owner({ ownership: 'not_accepted' })).textContent?.trim()).toBe('never accepted');
    expect((await owner({ ownership: 'none' })).textContent?.trim()).toBe('nobody');
    const hidden = await owner({ ownership: 'hidden' });
    expect(hidden.textContent?.trim()).toBe('hidden');
    expect(hidden.querySelector<HTMLElement>('cw-badge')?.title).toContain('CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH');
  });
});

describe('the class of a connection', () => {
  beforeEach(() => withLanguage('en'));

  async function badge(overrides: Parameters<typeof connection>[0]): Promise<string | undefined> {
    const fixture = TestBed.createComponent(ConnectionOwner);
    fixture.componentRef.setInput('row', connectionRow(one(overrides)));
    fixture.componentRef.setInput('missing', []);
    await fixture.whenStable();
    const root = fixture.nativeElement as HTMLElement;
    return root.querySelector('cw-badge')?.textContent?.replace(/\s+/g, ' ').trim();
  }
  const { owners = [] } = ownedBy('/usr/bin/node', 7);

  it.each<[string, Parameters<typeof connection>[0], string | undefined]>([
    ['one process holds', { ownership: 'known', owners }, undefined],
    ['several processes hold', { ownership: 'known', owners: [...owners, ...owners] }, '2 owners'],
    [
      'nobody accepted',
      { ownership: 'not_accepted', acceptQueue: { length: 128, limit: 128 } },
      'never accepted 128 of 128 queued',
    ],
    ['left the kernel', { ownership: 'known', owners, endedAt: AT, endedAs: 'orphaned' }, 'orphaned'],
    ['ended otherwise', { ownership: 'known', owners, endedAt: AT, endedAs: 'closed' }, undefined],
    ['is hidden', { ownership: 'hidden' }, 'hidden'],
  ])('is told by a badge of one that %s', async (_what, overrides, text) => {
    expect(await badge(overrides)).toBe(text);
  });
});

describe('the headings', () => {
  it('say how the list is sorted, and turn it round', async () => {
    await withLanguage('en');
    const fixture = TestBed.createComponent(ConnectionHeads);
    const chosen: Sort[] = [];
    fixture.componentInstance.sortChange.subscribe((sort) => chosen.push(sort));
    fixture.componentRef.setInput('sort', DEFAULT_SORT);
    await fixture.whenStable();
    const root = fixture.nativeElement as HTMLElement;
    const sorted = [...root.querySelectorAll('[role=columnheader][aria-sort]')];
    expect(sorted.map((heading) => heading.getAttribute('aria-sort'))).toEqual(['descending']);
    root.querySelector<HTMLElement>('[data-sort=age]')?.click();
    root.querySelector<HTMLElement>('[data-sort=pid]')?.click();
    expect(chosen).toEqual([
      { key: 'age', descending: false },
      { key: 'pid', descending: false },
    ]);
  });
});

describe('the connection list', () => {
  async function list(
    connections: readonly HeardConnection[] | undefined,
    filter = '',
    counted = 0,
  ): Promise<HTMLElement> {
    await withLanguage('zh-Hans');
    const fixture = TestBed.createComponent(ConnectionList);
    const inputs = {
      agent: host().agent,
      connections,
      counted,
      ticking: true,
      asOf: undefined,
      sort: DEFAULT_SORT,
      filter,
      failure: undefined,
    };
    for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  it('explains itself when there is nothing to list', async () => {
    const shown = await list([]);
    expect(shown.querySelector('[data-testid=connections-empty]')?.textContent).toContain('没有连接在等待应用程序关闭');
  });

  it('does not call a host clean while the counts know of more than the list', async () => {
    const shown = await list([], '', 23);
    expect(shown.querySelector('[data-testid=connections-empty]')).toBeNull();
    expect(shown.querySelector('cw-empty-state')?.textContent).toContain('23 个连接处于 CLOSE_WAIT，尚未列出');
  });

  it('offers to clear a filter that matches nothing', async () => {
    const shown = await list([one({ openedBefore: new Date(AT_MS).toISOString() })], 'nowhere');
    expect(shown.querySelector('[data-testid=connections-empty]')).toBeNull();
    expect(shown.querySelector('cw-empty-state button')?.textContent).toContain('清除筛选');
  });

  it('shows that it is loading, and claims nothing', async () => {
    const shown = await list(undefined);
    expect(shown.querySelector('[role=status]')?.getAttribute('aria-label')).toBe('正在加载');
    expect(shown.querySelector('[data-testid=connections-empty]')).toBeNull();
  });
});
