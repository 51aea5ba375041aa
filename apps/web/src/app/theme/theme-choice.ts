import { DOCUMENT, Injectable, inject, signal } from '@angular/core';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = 'closewatch.theme';
const CONTRAST_KEY = 'closewatch.contrast';

/** Light, dark or as the system has it, and high contrast; kept in this browser and carried out by CSS (tokens.scss). */
@Injectable({ providedIn: 'root' })
export class ThemeChoice {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly storage = inject(DOCUMENT).defaultView?.localStorage;
  private readonly chosenTheme = signal<Theme>(
    THEMES.find((theme) => theme === this.storage?.getItem(THEME_KEY)) ?? 'system',
  );
  private readonly chosenContrast = signal(this.storage?.getItem(CONTRAST_KEY) === 'more');

  readonly theme = this.chosenTheme.asReadonly();
  readonly highContrast = this.chosenContrast.asReadonly();

  constructor() {
    this.show();
  }

  choose(theme: Theme): void {
    this.storage?.setItem(THEME_KEY, theme);
    this.chosenTheme.set(theme);
    this.show();
  }

  setHighContrast(on: boolean): void {
    this.storage?.setItem(CONTRAST_KEY, on ? 'more' : 'normal');
    this.chosenContrast.set(on);
    this.show();
  }

  private show(): void {
    this.root.dataset['theme'] = this.chosenTheme();
    this.root.dataset['contrast'] = this.chosenContrast() ? 'more' : 'normal';
  }
}
