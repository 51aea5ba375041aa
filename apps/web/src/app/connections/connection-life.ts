import { Component, computed, inject, input } from '@angular/core';
import type { ConnectionItem, EndedAs } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { baseName } from '../ui/process-name.ts';

const ENDS: Readonly<Record<EndedAs, string>> = {
  closed: 'socket.closed',
  orphaned: 'socket.orphaned',
  lost: 'socket.lost',
};

/** When a connection entered CLOSE_WAIT, who holds it, what waits in it, and how it ended. */
@Component({
  selector: 'cw-connection-life',
  imports: [TranslocoPipe],
  template: `
    <dl>
      <div>
        <dt>{{ 'socket.entered' | transloco }}</dt>
        <dd>
          @let before = time(connection().openedBefore);
          @if (connection().openedAfter; as after) {
            @if (time(after) === before) {
              {{ before }}
            } @else {
              {{ 'socket.between' | transloco: { from: time(after), to: before } }}
            }
          } @else {
            {{ 'socket.before' | transloco: { time: before } }}
          }
        </dd>
      </div>
      <div>
        <dt>{{ 'socket.waited' | transloco }}</dt>
        <dd>{{ waited() }}</dd>
      </div>
      @if (connection().lastSentAt; as sent) {
        <div>
          <dt>{{ 'socket.lastSent' | transloco }}</dt>
          <dd>{{ time(sent) }}</dd>
        </div>
      }
      @if (connection().endedAt; as ended) {
        <div>
          <dt>{{ 'socket.ended' | transloco }}</dt>
          <dd>{{ ends[connection().endedAs ?? 'closed'] | transloco: { time: time(ended) } }}</dd>
        </div>
      } @else {
        <div>
          <dt>{{ 'socket.lastSeen' | transloco }}</dt>
          <dd>{{ time(connection().lastSeenAt) }}</dd>
        </div>
      }
      <div>
        <dt>{{ 'socket.queues' | transloco }}</dt>
        <dd>{{ formats.number(connection().recvQueue) }}, {{ formats.number(connection().sendQueue) }}</dd>
      </div>
      @if (holders().length > 0) {
        <div>
          <dt>{{ 'socket.holder' | transloco }}</dt>
          @for (holder of holders(); track $index) {
            <dd [title]="holder.command">
              {{ holder.name }} <span class="muted">PID {{ holder.pid }}</span>
              @if (holder.descriptor !== null) {
                <span class="muted"> · {{ 'socket.descriptor' | transloco: { number: holder.descriptor } }}</span>
              }
            </dd>
          }
        </div>
      }
    </dl>
  `,
  styles: `
    dl {
      display: grid;
      gap: 4px;
      font-variant-numeric: tabular-nums;
    }
    div {
      display: grid;
      grid-template-columns: minmax(120px, 2fr) 3fr;
      gap: 0 12px;
    }
    dt {
      color: var(--muted);
    }
    dd {
      grid-column: 2;
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
})
export class ConnectionLife {
  readonly connection = input.required<ConnectionItem>();

  protected readonly formats = inject(Formats);
  private readonly clock = inject(Clock);
  protected readonly ends = ENDS;
  protected readonly waited = computed(() => {
    const { openedBefore, openedAfter, endedAt } = this.connection();
    const until = endedAt === undefined ? this.clock.now() : Date.parse(endedAt);
    const duration = this.formats.duration(Math.max(0, until - Date.parse(openedBefore)) / 1_000);
    return openedAfter === null ? `${duration}+` : duration;
  });
  protected readonly holders = computed(() =>
    this.connection().owners.map((owner) => ({ ...owner, name: baseName(owner.executable) })),
  );

  protected time(instant: string): string {
    return this.formats.instant(Date.parse(instant), this.clock.now());
  }
}
