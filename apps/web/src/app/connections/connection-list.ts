import { BreakpointObserver } from '@angular/cdk/layout';
import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { Component, computed, inject, input, linkedSignal, output, viewChild } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { ConnectionChange, Host } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { map } from 'rxjs';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import type { HeardConnection } from '../live/host-watch.ts';
import { Badge } from '../ui/badge.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { EndpointText } from '../ui/endpoint.ts';
import { ErrorState } from '../ui/error-state.ts';
import { AsOfField } from './as-of-field.ts';
import { ConnectionAge } from './connection-age.ts';
import { ConnectionHeads } from './connection-heads.ts';
import { ConnectionOwner } from './connection-owner.ts';
import { ConnectionQueue } from './connection-queue.ts';
import { connectionRow, filterRows, sortRows, type ConnectionRow, type Sort } from './connection-rows.ts';
import { VerdictName } from '../verdicts/verdict-name.ts';
import { SortChoice } from './sort-choice.ts';
import { keepScrollAnchor } from './scroll-anchor.ts';

const ROW_PX = 32;
const PHONE_ROW_PX = 60;
/** The list grows with its rows up to here, then it scrolls. */
const MOST_ROWS_SEEN = 20;
const PHONE = '(max-width: 860px)';

/** The CLOSE_WAIT connections of a host, now or as of an instant. What the person set up survives every update. */
@Component({
  selector: 'cw-connection-list',
  imports: [
    AsOfField,
    Badge,
    CdkFixedSizeVirtualScroll,
    CdkVirtualForOf,
    CdkVirtualScrollViewport,
    ConnectionAge,
    ConnectionHeads,
    ConnectionOwner,
    ConnectionQueue,
    EmptyState,
    EndpointText,
    ErrorState,
    SortChoice,
    TranslocoPipe,
    VerdictName,
  ],
  templateUrl: './connection-list.html',
  styleUrl: './connection-list.scss',
})
export class ConnectionList {
  readonly agent = input.required<Pick<Host['agent'], 'missing'>>();
  /** Undefined until the first answer. */
  readonly connections = input.required<readonly HeardConnection[] | undefined>();
  /** CLOSE_WAIT in the newest counts, which know a socket one sample before the list does. */
  readonly counted = input.required<number>();
  /** Whether ages go on counting: not in the past, and not while nothing is known of the present. */
  readonly ticking = input.required<boolean>();
  /** ISO 8601; undefined is now. */
  readonly asOf = input.required<string | undefined>();
  /** By socketId, those that another instant has not, or that it alone has. */
  readonly marks = input<ReadonlyMap<string, ConnectionChange>>(new Map<string, ConnectionChange>());
  /** Whether the verdict of a row is a button: who listens to `opened` shows what is known of the connection. */
  readonly opens = input(false);
  /** The one that is open beside the list, by its socketId. */
  readonly shown = input<string>();
  readonly opened = output<string>();
  readonly sort = input.required<Sort>();
  readonly filter = input.required<string>();
  readonly failure = input.required<unknown>();
  readonly sortChange = output<Sort>();
  readonly filterChange = output<string>();
  readonly asOfChange = output<string | undefined>();
  readonly retry = output();

  protected readonly formats = inject(Formats);
  private readonly clock = inject(Clock);
  protected readonly viewport = viewChild(CdkVirtualScrollViewport);

  /** Rows live as long as what they show: an update of ten thousand connections makes only the new ones anew. */
  private readonly made = new WeakMap<HeardConnection, ConnectionRow>();
  private readonly all = computed(() => (this.connections() ?? []).map((connection) => this.rowOf(connection)));
  protected readonly rows = computed(() => sortRows(filterRows(this.all(), this.filter()), this.sort()));
  protected readonly total = computed(() => this.all().length);

  /** `performance.now()` of the last second for which ages are true. */
  protected readonly heardUntil = linkedSignal<{ now: number; ticking: boolean }, number>({
    source: () => ({ now: this.clock.now(), ticking: this.ticking() }),
    computation: ({ ticking }, previous) => (ticking || previous === undefined ? performance.now() : previous.value),
  });

  protected readonly phone = toSignal(
    inject(BreakpointObserver)
      .observe(PHONE)
      .pipe(map(({ matches }) => matches)),
    {
      requireSync: true,
    },
  );
  protected readonly rowHeight = computed(() => (this.phone() ? PHONE_ROW_PX : ROW_PX));
  protected readonly viewportHeight = computed(
    () => Math.min(this.rows().length, this.phone() ? MOST_ROWS_SEEN / 2 : MOST_ROWS_SEEN) * this.rowHeight(),
  );

  constructor() {
    keepScrollAnchor({
      viewport: this.viewport,
      rows: this.rows,
      rowHeight: this.rowHeight,
      view: computed(() => `${this.sort().key} ${this.sort().descending} ${this.filter()} ${this.asOf() ?? ''}`),
    });
  }

  protected readonly trackRow = (_index: number, row: ConnectionRow): string => row.connection.socketId;

  private rowOf(connection: HeardConnection): ConnectionRow {
    const row = this.made.get(connection) ?? connectionRow(connection);
    this.made.set(connection, row);
    return row;
  }

  protected toMs(instant: string): number {
    return Date.parse(instant);
  }

  protected typed(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.filterChange.emit(event.target.value);
  }
}
