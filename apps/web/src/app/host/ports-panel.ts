import { Component, computed, inject, input, signal } from '@angular/core';
import type { HostPorts } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { EndpointText } from '../ui/endpoint.ts';
import { Meter } from '../ui/meter.ts';
import { TimeAgo } from '../ui/time-ago.ts';
import { portRows, refusals, settings } from './port-rows.ts';

const SHOWN_AT_FIRST = 5;

/** Local ports by destination, TIME_WAIT against its limit, and what the kernel refused. */
@Component({
  selector: 'cw-ports-panel',
  imports: [EndpointText, Meter, TimeAgo, TranslocoPipe],
  templateUrl: './ports-panel.html',
  styleUrl: './ports-panel.scss',
})
export class PortsPanel {
  readonly ports = input.required<HostPorts['ports']>();
  readonly kernel = input.required<HostPorts['kernel']>();

  protected readonly formats = inject(Formats);
  protected readonly takenAt = computed(() => this.ports()?.takenAt ?? this.kernel()?.takenAt);
  protected readonly all = computed(() => portRows(this.ports()?.destinations ?? []));
  protected readonly open = signal(false);
  protected readonly rows = computed(() => (this.open() ? this.all() : this.all().slice(0, SHOWN_AT_FIRST)));
  /** Null where the kernel has no limit worth the name: then the agent sends the largest number there is. */
  protected readonly fileLimit = computed(() => {
    const max = this.kernel()?.fileHandles?.max ?? null;
    return max !== null && max < Number.MAX_SAFE_INTEGER ? max : null;
  });
  protected readonly refusals = computed(() => refusals(this.kernel()));
  protected readonly settings = computed(() => settings(this.kernel()));
}
