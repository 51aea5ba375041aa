import { TestBed } from '@angular/core/testing';
import { emptyTally } from '@closewatch/socket-states';
import { withLanguage } from '../../testing/language.ts';
import { StateBar } from './state-bar.ts';

describe('the state bar', () => {
  it('says its numbers in words and keeps one CLOSE_WAIT beside 60,000 connections apart', async () => {
    await withLanguage('en');
    const fixture = TestBed.createComponent(StateBar);
    fixture.componentRef.setInput('counts', { ...emptyTally(), established: 60_000, close_wait: 1 });
    await fixture.whenStable();
    const bar = fixture.nativeElement as HTMLElement;
    expect(bar.getAttribute('aria-label')).toBe('CLOSE_WAIT 1, ESTABLISHED 60,000');
    expect(bar.querySelectorAll('.segment')).toHaveLength(2);
    expect(bar.querySelector('.segment')?.classList.contains('leak')).toBe(true);
  });

  it('says so when there is nothing to show, in the chosen language', async () => {
    await withLanguage('zh-Hans');
    const fixture = TestBed.createComponent(StateBar);
    fixture.componentRef.setInput('counts', emptyTally());
    await fixture.whenStable();
    expect((fixture.nativeElement as HTMLElement).getAttribute('aria-label')).toBe('没有连接');
  });
});
