import { type Sql } from '../database/data-source.ts';
import { isoInstant } from '../time/clock.ts';

/** The newest section of a kind. `content` is as it was parsed when it came (sections/section-kinds.ts). */
export interface Section {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly content: unknown;
}
export type Sections = ReadonlyMap<string, Section>;

/** What an earlier run of the agent said of processes need not be so any more: the processes may be others. */
const OF_THIS_RUN = ['orphans', 'evidence', 'pressureStall'];

/** Kinds for the server's own use; nobody reads them yet. */
const NOT_READ = ['turnover', 'finWaits'];

/**
 * The newest sections of a namespace of a host. Those that are in `known` as they are now come from there: their
 * contents, which may be large, are not read again.
 */
export async function findSections(
  sql: Sql,
  { hostId, netns }: { readonly hostId: number; readonly netns: number },
  known: Sections = new Map(),
): Promise<Sections> {
  const rows = await sql.query<{ kind: string; takenAt: Date; content: unknown }[]>(
    `SELECT section.kind, section.taken_at AS "takenAt", CASE WHEN known.kind IS NULL THEN section.content END AS content
       FROM section_latest section
       JOIN host USING (host_id)
       LEFT JOIN unnest($3::text[], $4::timestamptz[]) AS known (kind, taken_at)
              ON known.kind = section.kind AND known.taken_at = section.taken_at
      WHERE section.host_id = $1 AND section.netns_id = $2 AND section.kind <> ALL($6::text[])
        AND (section.kind <> ALL($5::text[]) OR section.run_id = host.run_id)
      ORDER BY section.kind`,
    [hostId, netns, [...known.keys()], [...known.values()].map(({ takenAt }) => takenAt), OF_THIS_RUN, NOT_READ],
  );
  return new Map(
    rows.map(({ kind, takenAt, content }) => {
      const at = isoInstant(takenAt);
      const before = known.get(kind);
      return [kind, before?.takenAt === at ? before : { takenAt: at, content }];
    }),
  );
}
