import { Component, input } from '@angular/core';

/** Says that there is nothing, why that is so, and (as content) what to do next. */
@Component({
  selector: 'cw-empty-state',
  template: `
    @if (page()) {
      <h1>{{ heading() }}</h1>
    } @else {
      <h2>{{ heading() }}</h2>
    }
    <p>{{ text() }}</p>
    <ng-content />
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: flex-start;
      gap: 8px;
      max-width: 640px;
      padding: 32px 0;
    }
    h1,
    h2 {
      font-size: 16px;
      line-height: 24px;
    }
    p {
      color: var(--muted);
      text-wrap: pretty;
    }
  `,
})
export class EmptyState {
  /** It is all there is on the page. */
  readonly page = input(false);
  readonly heading = input.required<string>();
  readonly text = input.required<string>();
}
