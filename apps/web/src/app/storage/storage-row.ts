import { HttpClient } from '@angular/common/http';
import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { RETENTION_LIMITS, RetentionItemSchema, type RetentionItem, type RetentionKind } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { firstValueFrom } from 'rxjs';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { requestFailure } from '../ui/request-failure.ts';
import { daysIn, retentionEffect } from './retention-effect.ts';

export const RETENTION_URL = '/api/v1/retention';

const TEXTS = {
  snapshots: { name: 'storage.kind.snapshots', about: 'storage.about.snapshots' },
  rollups: { name: 'storage.kind.rollups', about: 'storage.about.rollups' },
  connections: { name: 'storage.kind.connections', about: 'storage.about.connections' },
  processes: { name: 'storage.kind.processes', about: 'storage.about.processes' },
  ports: { name: 'storage.kind.ports', about: 'storage.about.ports' },
  events: { name: 'storage.kind.events', about: 'storage.about.events' },
  incidents: { name: 'storage.kind.incidents', about: 'storage.about.incidents' },
} as const satisfies Record<RetentionKind, unknown>;

/** A kind of data: what it takes, how long it is kept, and what another choice would do, before it is made. */
@Component({
  selector: 'cw-storage-row',
  imports: [TranslocoPipe],
  templateUrl: './storage-row.html',
  styleUrl: './storage-row.scss',
  host: { role: 'rowgroup', '[attr.data-kind]': 'item().kind', 'data-testid': 'storage-row' },
})
export class StorageRow {
  readonly item = input.required<RetentionItem>();
  /** The length of a whole bar in bytes, the same in all rows. */
  readonly scale = input.required<number>();
  /** May change it. */
  readonly editable = input.required<boolean>();
  readonly saved = output();

  private readonly http = inject(HttpClient);
  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  protected readonly limits = RETENTION_LIMITS;
  protected readonly texts = computed(() => TEXTS[this.item().kind]);

  /** What stands in the field: theirs until it is saved or given up, ours when the server tells something new. */
  protected readonly text = linkedSignal({
    source: () => this.item().keepDays,
    computation: (keepDays) => String(keepDays),
  });
  protected readonly busy = signal(false);
  protected readonly trouble = signal<string | null>(null);

  protected readonly days = computed(() => daysIn(this.text()));
  protected readonly changed = computed(() => this.days() !== this.item().keepDays);
  protected readonly effect = computed(() => {
    const days = this.days();
    return days === null ? null : retentionEffect(this.item(), days, this.clock.now());
  });
  /** In percent of a whole bar: what there is, and what it will come to. */
  protected readonly bar = computed(() => {
    const { bytes, forecastBytes } = this.item();
    const forecast = this.effect()?.forecastBytes ?? forecastBytes;
    const share = (of: number) => (this.scale() === 0 ? 0 : Math.min(100, (of / this.scale()) * 100));
    return { now: share(bytes), forecast: forecast === null ? null : share(forecast), forecastBytes: forecast };
  });

  protected edit(event: Event): void {
    this.text.set((event.target as HTMLInputElement).value);
    this.trouble.set(null);
  }

  protected undo(): void {
    this.text.set(String(this.item().keepDays));
    this.trouble.set(null);
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const keepDays = this.days();
    if (keepDays === null || !this.changed() || this.busy()) return;
    this.busy.set(true);
    this.trouble.set(null);
    try {
      RetentionItemSchema.parse(
        await firstValueFrom(this.http.put(`${RETENTION_URL}/${this.item().kind}`, { keepDays })),
      );
      this.saved.emit();
    } catch (cause) {
      this.trouble.set(requestFailure(cause).message ?? '');
    } finally {
      this.busy.set(false);
    }
  }
}
