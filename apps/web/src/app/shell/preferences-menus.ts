import { Component, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { LucideCheck, LucideContrast, LucideLanguages, LucideMonitor, LucideMoon, LucideSun } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { LanguageChoice } from '../i18n/language.ts';
import { LANGUAGES } from '../i18n/languages.ts';
import { ThemeChoice } from '../theme/theme-choice.ts';

/** Language and theme, on every page, signed in or not. */
@Component({
  selector: 'cw-preferences-menus',
  imports: [
    LucideCheck,
    LucideContrast,
    LucideLanguages,
    LucideMonitor,
    LucideMoon,
    LucideSun,
    MatIconButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    TranslocoPipe,
  ],
  templateUrl: './preferences-menus.html',
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
    }
    .item {
      display: flex;
      align-items: center;
      gap: 12px;
    }
    .tick {
      width: 16px;
      margin-inline-start: auto;
    }
  `,
})
export class PreferencesMenus {
  protected readonly language = inject(LanguageChoice);
  protected readonly theme = inject(ThemeChoice);
  protected readonly languages = LANGUAGES;
}
