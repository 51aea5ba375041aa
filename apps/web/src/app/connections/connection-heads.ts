import { Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { type Sort, type SortKey } from './connection-rows.ts';

export interface Head {
  readonly key: SortKey;
  /** Translation key. */
  readonly label: string;
  readonly number: boolean;
  /** Where one starts: the largest first for numbers of interest, the first letter for texts. */
  readonly descendingFirst: boolean;
}

const head = (key: SortKey, label: string, number = false, descendingFirst = false): Head => ({
  key,
  label,
  number,
  descendingFirst,
});

export const HEADS: readonly Head[] = [
  head('age', 'column.age', false, true),
  head('local', 'column.local'),
  head('direction', 'column.direction'),
  head('peer', 'column.peer'),
  head('process', 'column.process'),
  head('verdict', 'column.verdict'),
  head('pid', 'column.pid', true),
  head('descriptor', 'column.descriptor', true),
  head('recvQueue', 'column.recvQueue', true, true),
  head('sendQueue', 'column.sendQueue', true, true),
  head('uid', 'column.uid', true),
];

/** The headings of the connection list: buttons that sort. */
@Component({
  selector: 'cw-connection-heads',
  imports: [TranslocoPipe],
  template: `
    <div role="row" class="row" aria-rowindex="1">
      @for (head of heads; track head.key) {
        <span
          role="columnheader"
          [attr.aria-sort]="head.key !== sort().key ? null : sort().descending ? 'descending' : 'ascending'"
          [class]="head.key"
          [class.number]="head.number"
        >
          <button type="button" [attr.data-sort]="head.key" (click)="choose(head)">
            {{ head.label | transloco }}
            @if (head.key === sort().key) {
              <span aria-hidden="true" class="arrow">{{ sort().descending ? '↓' : '↑' }}</span>
            }
          </button>
        </span>
      }
    </div>
  `,
  styleUrl: './connection-heads.scss',
})
export class ConnectionHeads {
  readonly sort = input.required<Sort>();
  readonly sortChange = output<Sort>();
  protected readonly heads = HEADS;

  /** The same heading again turns the order round. */
  protected choose({ key, descendingFirst }: Head): void {
    const { key: current, descending } = this.sort();
    this.sortChange.emit({ key, descending: key === current ? !descending : descendingFirst });
  }
}
