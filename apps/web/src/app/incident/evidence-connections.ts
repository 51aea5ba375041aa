import { Component, computed, inject, input } from '@angular/core';
import type { IncidentEvidenceContents } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { baseName } from '../ui/process-name.ts';

/** A sample of the connections as they were when evidence was gathered: those that had waited longest. */
@Component({
  selector: 'cw-evidence-connections',
  imports: [TranslocoPipe],
  template: `
    <div class="scroll" tabindex="0" role="region" [attr.aria-label]="'incidentPage.evidenceConnections' | transloco">
      <table>
        <thead>
          <tr>
            <th scope="col">{{ 'incidentPage.waitedSince' | transloco }}</th>
            <th scope="col">{{ 'column.local' | transloco }}</th>
            <th scope="col">{{ 'column.peer' | transloco }}</th>
            <th scope="col">{{ 'column.process' | transloco }}</th>
            <th scope="col" class="number">{{ 'column.pid' | transloco }}</th>
            <th scope="col" class="number">{{ 'column.descriptor' | transloco }}</th>
            <th scope="col" class="number">{{ 'column.recvQueue' | transloco }}</th>
            <th scope="col" class="number">{{ 'column.sendQueue' | transloco }}</th>
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.socketId) {
            <tr>
              <td class="number since">{{ formats.dateTime(row.sinceMs) }}</td>
              <td class="mono">{{ row.local }}</td>
              <td class="mono">{{ row.peer }}</td>
              <td>{{ row.process }}</td>
              <td class="number">{{ row.pid }}</td>
              <td class="number">{{ row.descriptor }}</td>
              <td class="number">{{ formats.number(row.recvQueue) }}</td>
              <td class="number">{{ formats.number(row.sendQueue) }}</td>
            </tr>
          }
        </tbody>
      </table>
    </div>
    @if (connections().total > rows().length) {
      <p class="muted">
        {{
          'incidentPage.longestOf'
            | transloco: { shown: formats.number(rows().length), all: formats.number(connections().total) }
        }}
      </p>
    }
  `,
  styleUrl: './evidence-table.scss',
})
export class EvidenceConnections {
  readonly connections = input.required<IncidentEvidenceContents['connections']>();

  protected readonly formats = inject(Formats);
  protected readonly rows = computed(() =>
    this.connections().items.map(({ socketId, openedBefore, local, peer, owners: [owner], recvQueue, sendQueue }) => ({
      socketId,
      sinceMs: Date.parse(openedBefore),
      local: formatEndpoint(local),
      peer: formatEndpoint(peer),
      process: owner === undefined ? '–' : baseName(owner.executable),
      pid: owner?.pid ?? '–',
      descriptor: owner?.descriptor ?? '–',
      recvQueue,
      sendQueue,
    })),
  );
}
