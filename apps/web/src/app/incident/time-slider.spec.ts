import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { AT_MS } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { TimeSlider } from './time-slider.ts';

const HOUR_MS = 3_600_000;

async function slider(
  atMs = AT_MS,
): Promise<{ fixture: ComponentFixture<TimeSlider>; handle: HTMLElement; moved: number[] }> {
  const fixture = TestBed.createComponent(TimeSlider);
  const inputs = {
    window: { fromMs: AT_MS - HOUR_MS, toMs: AT_MS + HOUR_MS },
    atMs,
    beganMs: AT_MS,
    endedMs: null,
    ticks: [{ id: 'event 1', atMs: AT_MS + HOUR_MS / 2, of: 'event', label: 'Opened' }],
    pins: [{ letter: 'A', atMs: AT_MS - HOUR_MS / 2 }],
  };
  for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
  const moved: number[] = [];
  fixture.componentInstance.atMsChange.subscribe((ms) => moved.push(ms - AT_MS));
  await fixture.whenStable();
  const handle = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>('[role=slider]');
  if (handle === null) throw new Error('there is no handle');
  return { fixture, handle, moved };
}

const press = (handle: HTMLElement, key: string, modifiers: KeyboardEventInit = {}) =>
  handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...modifiers }));

describe('the slider', () => {
  beforeEach(() => withLanguage('en'));

  it('says where it stands, in seconds of its window and as a time', async () => {
    const { handle } = await slider();
    expect(handle.getAttribute('aria-valuemax')).toBe('7200');
    expect(handle.getAttribute('aria-valuenow')).toBe('3600');
    expect(handle.getAttribute('aria-valuetext')).toMatch(/2026/);
    expect(handle.style.insetInlineStart || handle.getAttribute('style')).toContain('50%');
  });

  it.each([
    ['ArrowRight', 24_000],
    ['ArrowLeft', -24_000],
    ['PageUp', 360_000],
    ['PageDown', -360_000],
    ['Home', -HOUR_MS],
    ['End', HOUR_MS],
  ])('moves by %s', async (key, by) => {
    const { handle, moved } = await slider();
    press(handle, key);
    expect(moved).toEqual([by]);
  });

  it('does not leave its window, nor take the browser its own keys', async () => {
    const { handle, moved } = await slider(AT_MS + HOUR_MS - 1_000);
    press(handle, 'ArrowRight');
    expect(moved).toEqual([HOUR_MS]);
    press(handle, 'ArrowLeft', { altKey: true });
    press(handle, 'x');
    expect(moved).toHaveLength(1);
  });

  it('goes to what happened by a click on it', async () => {
    const { fixture, moved } = await slider();
    const tick = (fixture.nativeElement as HTMLElement).querySelector<HTMLButtonElement>('[data-testid=slider-tick]');
    expect(tick?.getAttribute('aria-label')).toBe('Opened');
    tick?.click();
    expect(moved).toEqual([HOUR_MS / 2]);
  });
});
