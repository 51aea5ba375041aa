import { Component, computed, inject, input } from '@angular/core';
import { TCP_STATES } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import type { ChartData } from '../history/chart-data.ts';
import { Formats } from '../i18n/formats.ts';
import { ErrorState } from '../ui/error-state.ts';
import { STATE_LABELS } from '../ui/tcp-states.ts';
import { changesByGroup } from './changes-by-group.ts';
import { readChanges } from './connection-changes.ts';
import { countsAt } from './incident-series.ts';

/** Translation keys of groups that have no name of their own. */
const WORDS: Readonly<Record<string, string>> = {
  '': 'incidentPage.others',
  not_accepted: 'connections.notAccepted',
  hidden: 'connections.hidden',
  none: 'connections.nobody',
  known: 'connections.nobody',
};

/** Two instants compared: the counts of each, and which CLOSE_WAIT connections only one of them has, by process and by peer. */
@Component({
  selector: 'cw-pin-comparison',
  imports: [ErrorState, TranslocoPipe],
  templateUrl: './pin-comparison.html',
  styleUrl: './pin-comparison.scss',
})
export class PinComparison {
  readonly hostId = input.required<string>();
  readonly netns = input.required<number>();
  /** Milliseconds since the epoch, in either order. */
  readonly aMs = input.required<number>();
  readonly bMs = input.required<number>();
  readonly data = input.required<ChartData>();

  protected readonly formats = inject(Formats);
  protected readonly labels = STATE_LABELS;
  protected readonly words = WORDS;
  protected readonly read = readChanges(
    computed(() => ({ hostId: this.hostId(), netns: this.netns(), fromMs: this.aMs(), toMs: this.bMs() })),
  );
  protected readonly changes = computed(() => (this.read.hasValue() ? this.read.value() : undefined));
  protected readonly groups = computed(() => {
    const changes = this.changes();
    if (changes === undefined) return [];
    return [
      { label: 'column.process', rows: changesByGroup(changes, 'process') },
      { label: 'column.peer', rows: changesByGroup(changes, 'peer') },
    ];
  });
  protected readonly states = computed(() => {
    const [a, b] = [countsAt(this.data(), this.aMs()), countsAt(this.data(), this.bMs())];
    return TCP_STATES.map((state) => {
      const [then, now] = [a?.[state] ?? null, b?.[state] ?? null];
      return { state, then, now, difference: then === null || now === null ? null : now - then };
    }).filter(({ then, now }) => (then ?? 0) > 0 || (now ?? 0) > 0);
  });

  protected signed(value: number | null): string {
    return value === null ? '–' : value > 0 ? `+${this.formats.number(value)}` : this.formats.number(value);
  }
}
