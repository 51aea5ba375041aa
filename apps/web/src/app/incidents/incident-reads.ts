import { HttpClient } from '@angular/common/http';
import { computed, inject, linkedSignal, resource, type Signal } from '@angular/core';
import { IncidentSchema, pageOf, type Incident } from '@closewatch/protocol';
import { firstValueFrom } from 'rxjs';
import { hearIncidents } from '../live/incident-news.ts';
import { admits, parametersOf, type IncidentFilter } from './incident-filter.ts';

const IncidentPageSchema = pageOf(IncidentSchema);
const PAGE_OF_INCIDENTS = 100;

export interface IncidentReads {
  /** Newest first; undefined until the first answer. */
  readonly incidents: Signal<readonly Incident[] | undefined>;
  readonly error: Signal<Error | undefined>;
  /** There are older ones. */
  readonly more: Signal<boolean>;
  readonly loading: Signal<boolean>;
  reload(): void;
  /** Reads as many again. */
  showMore(): void;
}

interface ReadPages {
  readonly filter: IncidentFilter;
  readonly items: readonly Incident[];
  readonly more: boolean;
}

/** The incidents that `filter` admits: read once, then carried on by what is told live. */
export function readIncidents(filter: Signal<IncidentFilter>): IncidentReads {
  const http = inject(HttpClient);
  const pages = linkedSignal<IncidentFilter, number>({ source: filter, computation: () => 1 });
  const read = resource({
    params: () => ({ filter: filter(), pages: pages() }),
    loader: async ({ params, abortSignal }): Promise<ReadPages> => {
      const items: Incident[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < params.pages && !abortSignal.aborted; page++) {
        const asked: Record<string, string> = {
          ...parametersOf(params.filter),
          limit: String(PAGE_OF_INCIDENTS),
          ...(cursor === null ? {} : { cursor }),
        };
        const answer = IncidentPageSchema.parse(await firstValueFrom(http.get('/api/v1/incidents', { params: asked })));
        items.push(...answer.items);
        cursor = answer.nextCursor;
        if (cursor === null) break;
      }
      return { filter: params.filter, items, more: cursor !== null };
    },
  });

  /** Keeps what was read while it is read again for the same filter. */
  const shown = linkedSignal<{ filter: IncidentFilter; value: ReadPages | undefined }, ReadPages | undefined>({
    source: () => ({ filter: filter(), value: read.hasValue() ? read.value() : undefined }),
    computation: (source, previous) =>
      source.value ?? (previous?.source.filter === source.filter ? previous.value : undefined),
  });
  hearIncidents({
    news: (incident) =>
      shown.update((pages) => pages && { ...pages, items: mergeIncident(pages.items, incident, pages.filter) }),
    connected: () => {
      if (!read.isLoading()) read.reload();
    },
  });
  return {
    incidents: computed(() => shown()?.items),
    error: computed(() => (shown() === undefined ? read.error() : undefined)),
    more: computed(() => shown()?.more ?? false),
    loading: read.isLoading,
    reload: () => void read.reload(),
    showMore: () => pages.update((count) => count + 1),
  };
}

/** The incident takes the place of its older self, or its place by when it was opened; or leaves a list that admits it no more. */
export function mergeIncident(
  known: readonly Incident[],
  incident: Incident,
  filter: IncidentFilter,
): readonly Incident[] {
  const index = known.findIndex(({ id }) => id === incident.id);
  const older = known[index];
  if (older !== undefined && older.version > incident.version) return known;
  if (!admits(filter, incident)) return older === undefined ? known : known.toSpliced(index, 1);
  if (older !== undefined) return known.with(index, incident);
  const place = known.findIndex(({ openedAt }) => openedAt <= incident.openedAt);
  return place < 0 ? [...known, incident] : known.toSpliced(place, 0, incident);
}
