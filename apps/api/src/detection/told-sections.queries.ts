import { type Sql } from '../database/data-source.ts';
import { instantArray, plainArray } from '../ingest/plain-array.ts';

/** Namespaces of a host and of each the newest instant (milliseconds) of what is known; null: nothing is. */
export interface KnownSections {
  readonly hostId: number;
  readonly known: ReadonlyMap<number, number | null>;
}

export interface SectionNews {
  readonly hostId: number;
  readonly netns: number;
  readonly kind: string;
  readonly takenAt: Date;
  /** The agent that told it still runs; what an earlier run said of processes need not be so any more. */
  readonly ofThisRun: boolean;
  readonly content: unknown;
}

/** Part of its descriptors above which a process is looked at. */
const PRESSED_SHARE = 0.5;

/**
 * The sections of some namespaces that are newer than what is known. Of a process table, which may be long, only those that use
 * a good part of their descriptors come out.
 */
export async function readSectionNews(sql: Sql, hosts: readonly KnownSections[]): Promise<SectionNews[]> {
  if (hosts.length === 0) return [];
  const known = hosts.flatMap(({ hostId, known: newest }) =>
    [...newest].map(([netns, since]) => ({ hostId, netns, since })),
  );
  return sql.query<SectionNews[]>(
    `SELECT section.host_id AS "hostId", netns_id AS netns, kind, taken_at AS "takenAt",
            section.run_id = host.run_id AS "ofThisRun",
            CASE kind WHEN 'processes' THEN (
              SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'executable', item #> '{process,executable}', 'unit', item #> '{process,unit}',
                       'containerId', item #> '{process,containerId}', 'pid', item #> '{process,pid}',
                       'startedAt', item #> '{process,startedAt}', 'used', item #> '{descriptors,used}',
                       'limit', item #> '{descriptors,limit}')), '[]')
                FROM jsonb_array_elements(content -> 'items') AS listed (item)
               WHERE (item #>> '{descriptors,used}')::double precision
                     >= $3 * (item #>> '{descriptors,limit}')::double precision
            ) ELSE content END AS content
       FROM unnest($1::integer[], $2::integer[], $4::timestamptz[]) AS known (host_id, netns_id, since)
       JOIN host USING (host_id)
       JOIN section_latest section USING (host_id, netns_id)
      WHERE known.since IS NULL OR section.taken_at > known.since`,
    [
      plainArray(known.map(({ hostId }) => hostId)),
      plainArray(known.map(({ netns }) => netns)),
      PRESSED_SHARE,
      instantArray(known.map(({ since }) => since)),
    ],
  );
}
