import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { EmptyState } from '../ui/empty-state.ts';
import { PageTitle } from './page-title.ts';

@Component({
  selector: 'cw-not-found',
  imports: [EmptyState, RouterLink, TranslocoPipe],
  template: `<cw-empty-state
    [page]="true"
    [heading]="'notFound.title' | transloco"
    [text]="'notFound.text' | transloco"
  >
    <a class="button" routerLink="/fleet">{{ 'notFound.action' | transloco }}</a>
  </cw-empty-state>`,
})
export class NotFound {
  constructor() {
    inject(PageTitle).set(undefined);
  }
}
