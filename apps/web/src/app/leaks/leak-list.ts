import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { Phrases } from '../i18n/phrases.ts';
import type { HeardLeaks } from '../live/host-watch.ts';
import { Badge } from '../ui/badge.ts';
import { FindingPanel } from '../verdicts/finding.ts';
import { VerdictName } from '../verdicts/verdict-name.ts';
import { isLeaking, leakRows, type LeakRow } from './leak-rows.ts';

/** Why no process is known to hold them. */
const OWNERSHIPS = {
  known: 'connections.nobody',
  not_accepted: 'connections.notAccepted',
  hidden: 'connections.hidden',
  none: 'connections.nobody',
} as const;

/** Who leaks on a host: by service and endpoint, why, how many, how fast, and how long it can go on. */
@Component({
  selector: 'cw-leak-list',
  imports: [Badge, FindingPanel, RouterLink, TranslocoPipe, VerdictName],
  templateUrl: './leak-list.html',
  styleUrl: './leak-list.scss',
})
export class LeakList {
  readonly leaks = input.required<HeardLeaks>();
  /** Whether ages go on counting: not while nothing is known of the present. */
  readonly ticking = input.required<boolean>();

  protected readonly formats = inject(Formats);
  protected readonly phrases = inject(Phrases);
  private readonly clock = inject(Clock);
  protected readonly ownerships = OWNERSHIPS;
  private readonly all = computed(() => leakRows(this.leaks()));
  protected readonly others = computed(() => this.all().filter((row) => !isLeaking(row)));
  protected readonly withOthers = signal(false);
  protected readonly rows = computed(() => {
    const leaking = this.all().filter(isLeaking);
    return this.withOthers() ? [...leaking, ...this.others()] : leaking;
  });
  /** The leak whose reasons are shown, by its key. */
  protected readonly open = signal<string | undefined>(undefined);

  /** `performance.now()` up to which ages have gone on. */
  private readonly heardUntil = linkedSignal<{ now: number; ticking: boolean }, number>({
    source: () => ({ now: this.clock.now(), ticking: this.ticking() }),
    computation: ({ ticking }, previous) => (ticking || previous === undefined ? performance.now() : previous.value),
  });

  protected oldest({ leak, heardAt }: LeakRow): string {
    if (leak.oldestSeconds === null) return '–';
    return this.formats.duration(leak.oldestSeconds + Math.max(0, this.heardUntil() - heardAt) / 1_000);
  }

  protected pids({ leak }: LeakRow): string {
    return leak.processes.map(({ pid }) => `PID ${pid}`).join(', ');
  }

  protected toggle(key: string): void {
    this.open.update((open) => (open === key ? undefined : key));
  }
}
