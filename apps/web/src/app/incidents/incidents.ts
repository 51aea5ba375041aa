import { Component, computed, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';
import { PageTitle } from '../shell/page-title.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { ErrorState } from '../ui/error-state.ts';
import { filterOf, isNarrow, parametersOf, type IncidentFilter } from './incident-filter.ts';
import { IncidentFilters } from './incident-filters.ts';
import { readIncidents } from './incident-reads.ts';
import { IncidentTable } from './incident-table.ts';

/** What went wrong and what goes wrong, newest first. */
@Component({
  selector: 'cw-incidents',
  imports: [EmptyState, ErrorState, IncidentFilters, IncidentTable, TranslocoPipe],
  templateUrl: './incidents.html',
  styleUrl: './incidents.scss',
})
export class IncidentsPage {
  /** The filter, as it stands in the URL. */
  readonly state = input<string>();
  readonly severity = input<string>();
  readonly rule = input<string>();
  readonly host = input<string>();
  readonly service = input<string>();

  private readonly router = inject(Router);
  protected readonly filter = computed<IncidentFilter>(() =>
    filterOf({
      state: this.state() ?? '',
      severity: this.severity() ?? '',
      rule: this.rule() ?? '',
      host: this.host() ?? '',
      service: this.service() ?? '',
    }),
  );
  protected readonly read = readIncidents(this.filter);
  protected readonly narrow = computed(() => isNarrow(this.filter()));
  protected readonly csv = computed(
    () => `/api/v1/incidents?${new URLSearchParams({ ...parametersOf(this.filter()), format: 'csv' })}`,
  );

  constructor() {
    const transloco = inject(TranslocoService);
    inject(PageTitle).set(transloco.translate<string>('incidents.title'));
  }

  protected show(change: Partial<Record<keyof IncidentFilter, string | null>>): void {
    const queryParams = change.state === 'open' ? { ...change, state: null } : change;
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge' });
  }
}
