import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { RETENTION_KINDS, type Retention, type RetentionItem, type Session } from '@closewatch/protocol';
import { withLanguage } from '../../testing/language.ts';
import type { LanguageId } from '../i18n/languages.ts';
import { SESSION_URL, SessionStore } from '../session/session-store.ts';
import { daysIn, retentionEffect } from './retention-effect.ts';
import { StoragePage } from './storage.ts';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const day = (ago: number) => new Date(TODAY - ago * DAY_MS).toISOString();

/** Forty days of 100 MB each. */
function item(overrides: Partial<RetentionItem> = {}): RetentionItem {
  return {
    kind: 'snapshots',
    keepDays: 35,
    defaultDays: 35,
    changedAt: null,
    bytes: 4e9,
    standingBytes: 5e8,
    rows: 960,
    oldest: day(35),
    bytesPerDay: 1e8,
    forecastBytes: 4e9,
    parts: Array.from({ length: 36 }, (_, index) => ({ from: day(35 - index), until: day(34 - index), bytes: 1e8 })),
    ...overrides,
  };
}

function retention(total: Partial<Retention['total']> = {}): Retention {
  const items = RETENTION_KINDS.map((kind) =>
    kind === 'snapshots'
      ? item()
      : item({ kind, bytes: 0, parts: [], oldest: null, bytesPerDay: null, forecastBytes: null }),
  );
  return { items, total: { bytes: 4e9, forecastBytes: 6e9, disk: { freeBytes: 1e12, sizeBytes: 2e12 }, ...total } };
}

describe('what another retention would do', () => {
  const now = TODAY + DAY_MS / 2;

  it('is to drop the days that are wholly older, and to come to so much in the long run', () => {
    expect(retentionEffect(item(), 23, now)).toEqual({ droppedDays: 12, droppedBytes: 1.2e9, forecastBytes: 2.8e9 });
  });

  it('is to drop nothing when it is longer', () => {
    expect(retentionEffect(item(), 90, now)).toEqual({ droppedDays: 0, droppedBytes: 0, forecastBytes: 9.5e9 });
  });

  it('leaves what may just have come in its hour of grace', () => {
    expect(retentionEffect(item(), 34, TODAY + 1_800_000).droppedDays).toBe(0);
    expect(retentionEffect(item(), 34, TODAY + 3_600_000).droppedDays).toBe(1);
  });

  it.each([
    ['35', 35],
    [' 3650 ', 3_650],
    ['0', null],
    ['3651', null],
    ['1.5', null],
    ['-1', null],
    ['1e3', null],
    ['', null],
  ])('is asked for by %p', (text, days) => {
    expect(daysIn(text)).toBe(days);
  });
});

describe('the storage page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<StoragePage>;
  let root: HTMLElement;

  async function shown(answer: Retention, role: Session['role'] = 'admin', language: LanguageId = 'en'): Promise<void> {
    await withLanguage(language, [provideHttpClient(), provideHttpClientTesting()]);
    http = TestBed.inject(HttpTestingController);
    const known = TestBed.inject(SessionStore).ensure();
    http.expectOne(SESSION_URL).flush({ username: 'admin', role, expiresAt: day(-7) });
    await known;
    fixture = TestBed.createComponent(StoragePage);
    TestBed.tick();
    http.expectOne('/api/v1/retention').flush(answer);
    await fixture.whenStable();
    root = fixture.nativeElement as HTMLElement;
  }

  const row = (kind: string) => root.querySelector(`[data-kind=${kind}]`) as HTMLElement;
  const effect = () => row('snapshots').querySelector('[data-testid=retention-effect]')?.textContent?.trim();

  async function type(text: string): Promise<void> {
    const field = row('snapshots').querySelector('input') as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event('input'));
    await fixture.whenStable();
  }

  afterEach(() => {
    fixture.destroy();
    http.verify();
  });

  it('tells of each kind what it takes, and what is not known yet', async () => {
    await shown(retention());
    expect(root.querySelector('[data-testid=storage-total]')?.textContent?.trim()).toBe('4 GB');
    expect(root.querySelectorAll('cw-storage-row')).toHaveLength(RETENTION_KINDS.length);
    expect(row('snapshots').textContent).toContain('100 MB');
    expect(row('events').querySelector('.forecast .number')?.textContent).toBe('–');
  });

  it('says what a change drops before it is made, and makes it', async () => {
    await shown(retention());
    expect(effect()).toBeUndefined();
    await type('20');
    expect(effect()).toMatch(/^Drops 1[45] days, 1\.[45] GB\.$/);
    row('snapshots')
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { cancelable: true }));
    const request = http.expectOne({ method: 'PUT', url: '/api/v1/retention/snapshots' });
    expect(request.request.body).toEqual({ keepDays: 20 });
    request.flush(item({ keepDays: 20 }));
    await new Promise((resolve) => setTimeout(resolve));
    TestBed.tick();
    const again = retention();
    http.expectOne('/api/v1/retention').flush({ ...again, items: [item({ keepDays: 20 }), ...again.items.slice(1)] });
    await fixture.whenStable();
    expect(effect()).toBeUndefined();
    expect(row('snapshots').querySelector('input')?.value).toBe('20');
  });

  it('keeps what somebody typed when it could not be saved, and says why', async () => {
    await shown(retention());
    await type('20');
    row('snapshots')
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { cancelable: true }));
    http.expectOne({ method: 'PUT' }).flush(
      {
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'The database is away.',
        issues: [],
        requestId: 'r1',
      },
      { status: 503, statusText: 'Service Unavailable' },
    );
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
    expect(row('snapshots').querySelector('[role=alert]')?.textContent).toBe('Not saved. The database is away.');
    expect(row('snapshots').querySelector('input')?.value).toBe('20');
  });

  it('refuses what are no days, in words, and asks the server nothing', async () => {
    await shown(retention(), 'admin', 'zh-Hans');
    await type('0');
    expect(effect()).toBe('请输入 1 到 3,650 之间的整数天数。');
    expect(row('snapshots').querySelector<HTMLButtonElement>('[data-testid=save-retention]')?.disabled).toBe(true);
    row('snapshots')
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { cancelable: true }));
  });

  it('shows the days without a field to whoever may not change them', async () => {
    await shown(retention(), 'viewer');
    expect(root.querySelector('input')).toBeNull();
    expect(row('snapshots').textContent).toContain('35 days');
  });

  it('warns when the disk is too small for what is to come', async () => {
    await shown(retention({ disk: { freeBytes: 5e8, sizeBytes: 1e10 } }));
    expect(root.querySelector('.lacking')?.textContent).toContain('1.5 GB too small');
  });
});
