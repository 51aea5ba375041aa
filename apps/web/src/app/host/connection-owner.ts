import { Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import type { ConnectionRow } from './connection-rows.ts';

/** The process that holds a connection, or in words why none is named. */
@Component({
  selector: 'cw-connection-owner',
  imports: [TranslocoPipe],
  template: `
    @if (row().owner; as owner) {
      @if (others() > 0) {
        <span class="muted" [title]="'connections.shared' | transloco: { count: others() }">{{ others() + 1 }}× </span>
      }
      <span [title]="owner.command || owner.executable"
        >{{ row().process }}
        @if (row().commandArguments; as words) {
          <span class="muted mono words">{{ words }}</span>
        }
      </span>
    } @else {
      @switch (row().connection.ownership) {
        @case ('not_accepted') {
          <span class="muted" [title]="'connections.notAcceptedText' | transloco">{{
            'connections.notAccepted' | transloco
          }}</span>
        }
        @case ('hidden') {
          <span class="muted" [title]="'connections.hiddenText' | transloco: { missing: lacks() }">{{
            'connections.hidden' | transloco
          }}</span>
        }
        @default {
          <span class="muted" [title]="'connections.nobodyText' | transloco">{{
            'connections.nobody' | transloco
          }}</span>
        }
      }
    }
  `,
  styles: `
    .words {
      margin-inline-start: 4px;
      font-size: 12px;
    }
  `,
})
export class ConnectionOwner {
  readonly row = input.required<ConnectionRow>();
  readonly missing = input.required<readonly string[]>();
  protected readonly others = computed(() => this.row().connection.owners.length - 1);
  protected readonly lacks = computed(() => this.missing().join(', ') || 'CAP_SYS_PTRACE');
}
