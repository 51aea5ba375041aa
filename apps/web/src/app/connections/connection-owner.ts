import { Component, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { Badge } from '../ui/badge.ts';
import { connectionClass } from './connection-class.ts';
import type { ConnectionRow } from './connection-rows.ts';

/** What sets the connection apart, as a badge, and the process that holds it. */
@Component({
  selector: 'cw-connection-owner',
  imports: [Badge, TranslocoPipe],
  template: `
    @switch (class()) {
      @case ('orphaned') {
        <cw-badge [title]="'connections.orphanedText' | transloco">{{ 'connections.orphaned' | transloco }}</cw-badge>
      }
      @case ('neverAccepted') {
        <cw-badge [title]="'connections.notAcceptedText' | transloco"
          >{{ 'connections.notAccepted' | transloco }}
          @if (row().connection.acceptQueue; as queue) {
            {{
              'connections.queue'
                | transloco: { length: formats.number(queue.length), limit: formats.number(queue.limit) }
            }}
          }
        </cw-badge>
      }
      @case ('inherited') {
        <cw-badge [title]="'connections.sharedText' | transloco">{{
          'connections.shared' | transloco: { count: formats.number(row().connection.owners.length) }
        }}</cw-badge>
      }
      @case ('hidden') {
        <cw-badge [title]="'connections.hiddenText' | transloco: { missing: lacks() }">{{
          'connections.hidden' | transloco
        }}</cw-badge>
      }
      @case ('nobody') {
        <cw-badge [title]="'connections.nobodyText' | transloco">{{ 'connections.nobody' | transloco }}</cw-badge>
      }
    }
    @if (row().owner; as owner) {
      <span [title]="owner.command || owner.executable"
        >{{ row().process }}
        @if (row().commandArguments; as words) {
          <span class="muted mono words">{{ words }}</span>
        }
      </span>
    }
  `,
  styles: `
    cw-badge {
      margin-inline-end: 4px;
    }
    .words {
      margin-inline-start: 4px;
      font-size: 12px;
    }
  `,
})
export class ConnectionOwner {
  readonly row = input.required<ConnectionRow>();
  readonly missing = input.required<readonly string[]>();
  protected readonly formats = inject(Formats);
  protected readonly class = computed(() => connectionClass(this.row().connection));
  protected readonly lacks = computed(() => this.missing().join(', ') || 'CAP_SYS_PTRACE');
}
