import { httpResource } from '@angular/common/http';
import { Component, computed, DestroyRef, effect, inject } from '@angular/core';
import { RetentionSchema } from '@closewatch/protocol';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { LanguageChoice } from '../i18n/language.ts';
import { SessionStore } from '../session/session-store.ts';
import { PageTitle } from '../shell/page-title.ts';
import { ErrorState } from '../ui/error-state.ts';
import { RETENTION_URL, StorageRow } from './storage-row.ts';

/** What is past retention is dropped in the background: by then it is gone. */
const DROPPED_AFTER_MS = 2_000;

/** What history takes on disk by kind, how long each is kept, and what that will come to. */
@Component({
  selector: 'cw-storage',
  imports: [ErrorState, StorageRow, TranslocoPipe],
  templateUrl: './storage.html',
  styleUrl: './storage.scss',
})
export class StoragePage {
  private readonly session = inject(SessionStore);
  protected readonly formats = inject(Formats);

  protected readonly read = httpResource(() => RETENTION_URL, { parse: (body) => RetentionSchema.parse(body) });
  /** What was read last stays while it is read again. */
  protected readonly known = computed(() => (this.read.hasValue() ? this.read.value() : undefined));
  protected readonly editable = computed(() => this.session.session()?.role === 'admin');
  protected readonly scale = computed(() =>
    Math.max(0, ...(this.known()?.items ?? []).map(({ bytes, forecastBytes }) => Math.max(bytes, forecastBytes ?? 0))),
  );
  /** Bytes that the disk lacks for what is to come; null when it has room, or that is not known. */
  protected readonly lacking = computed(() => {
    const total = this.known()?.total;
    if (total?.forecastBytes === null || total?.forecastBytes === undefined || total.disk === null) return null;
    const lacking = total.forecastBytes - total.bytes - total.disk.freeBytes;
    return lacking > 0 ? lacking : null;
  });
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const title = inject(PageTitle);
    const transloco = inject(TranslocoService);
    const language = inject(LanguageChoice);
    effect(() => {
      language.current();
      title.set(transloco.translate('storage.title'));
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(this.again));
  }

  protected refresh(): void {
    this.read.reload();
    clearTimeout(this.again);
    this.again = setTimeout(() => this.read.reload(), DROPPED_AFTER_MS);
  }
}
