import { Component, computed, input } from '@angular/core';
import { TCP_STATES, type StateCounts } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { StateBar } from './state-bar.ts';
import { StateCount } from './state-count.ts';
import { STATE_GROUPS } from './tcp-states.ts';

/** The number of sockets in each state, by side of the close, under one bar. What is put inside stands with CLOSE_WAIT. */
@Component({
  selector: 'cw-state-groups',
  imports: [StateBar, StateCount, TranslocoPipe],
  template: `
    <cw-state-bar [counts]="counts()" />
    <div class="groups">
      @for (group of groups(); track group.side) {
        <div role="group" [attr.aria-label]="group.name | transloco" [class]="group.side">
          <h3>{{ group.name | transloco }}</h3>
          <div class="states">
            @for (state of group.states; track state) {
              <cw-state-count [state]="state" [count]="counts()[state]" />
            }
          </div>
          @if (group.side === 'passive') {
            <div class="note"><ng-content /></div>
          }
        </div>
      }
    </div>
  `,
  styleUrl: './state-groups.scss',
})
export class StateGroups {
  readonly counts = input.required<StateCounts>();

  /** CLOSED and UNKNOWN are rare: they are shown when there are any. */
  protected readonly groups = computed(() => {
    const counts = this.counts();
    const shown = new Set(TCP_STATES.filter((state) => (state !== 'closed' && state !== 'unknown') || counts[state]));
    return STATE_GROUPS.map((group) => ({ ...group, states: group.states.filter((state) => shown.has(state)) }));
  });
}
