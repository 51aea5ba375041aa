import { Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { HEADS } from './connection-heads.ts';
import type { Sort } from './connection-rows.ts';

/** What to sort by, where there is no room for headings. */
@Component({
  selector: 'cw-sort-choice',
  imports: [TranslocoPipe],
  template: `
    <label>
      <span>{{ 'connections.sort' | transloco }}</span>
      <select class="field" (change)="choose($event)">
        @for (head of heads; track head.key) {
          <option [value]="head.key" [selected]="head.key === sort().key">{{ head.label | transloco }}</option>
        }
      </select>
    </label>
  `,
  styles: `
    label {
      display: flex;
      align-items: center;
      gap: 8px;
      color: var(--muted);
      font-size: 13px;
    }
    .field {
      width: auto;
      padding: 0 8px;
    }
  `,
})
export class SortChoice {
  readonly sort = input.required<Sort>();
  readonly sortChange = output<Sort>();
  protected readonly heads = HEADS;

  protected choose(event: Event): void {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { value } = event.target;
    const head = HEADS.find(({ key }) => key === value);
    if (head !== undefined) this.sortChange.emit({ key: head.key, descending: head.descendingFirst });
  }
}
