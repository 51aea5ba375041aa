import { TestBed } from '@angular/core/testing';
import { host } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import type { LanguageId } from '../i18n/languages.ts';
import { ClockMark } from './clock-mark.ts';

async function mark(clockOffsetMs: number, language: LanguageId = 'en'): Promise<string | undefined> {
  await withLanguage(language);
  const fixture = TestBed.createComponent(ClockMark);
  fixture.componentRef.setInput('host', { agent: { ...host().agent, clockOffsetMs } });
  await fixture.whenStable();
  return (fixture.nativeElement as HTMLElement).querySelector('span')?.textContent?.trim();
}

describe('the mark of a wrong clock', () => {
  it.each<[number, LanguageId, string | undefined]>([
    [-3 * 3_600_000 - 1_000, 'en', 'clock 3 hr ahead'],
    [-3 * 3_600_000 - 1_000, 'zh-Hans', '时钟快 3小时'],
    [61_000, 'en', 'clock 1 min behind'],
    [2 * 86_400_000, 'zh-Hans', '时钟慢 2天'],
    [60_000, 'en', undefined],
    [-60_000, 'en', undefined],
  ])('of %p ms, in %s, is %p', async (clockOffsetMs, language, text) => {
    expect(await mark(clockOffsetMs, language)).toBe(text);
  });
});
