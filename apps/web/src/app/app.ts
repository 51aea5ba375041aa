import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ThemeChoice } from './theme/theme-choice.ts';

@Component({ selector: 'cw-root', imports: [RouterOutlet], template: `<router-outlet />` })
export class App {
  /** Made first, so that the chosen theme is on the page before anything is drawn. */
  protected readonly theme = inject(ThemeChoice);
}
