import { type ProcessEvidence, type Turnover } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { PASSED_LATELY_MS } from '../detection/told-sections.ts';
import { plainArray } from '../ingest/plain-array.ts';
import { isoInstant } from '../time/clock.ts';
import { NOTHING_TOLD, type Told } from './connection-judge.ts';

export interface HostNamespace {
  readonly hostId: number;
  readonly netns: number;
}

type Row = HostNamespace &
  (
    | { readonly kind: 'evidence'; readonly content: ProcessEvidence[] }
    | { readonly kind: 'turnover'; readonly content: Turnover[] }
  );

/** What namespaces told last of their processes; of an earlier run of the agent nothing: its processes may be others. */
export async function readTold(
  sql: Sql,
  namespaces: readonly HostNamespace[],
  now: number,
): Promise<(namespace: HostNamespace) => Told> {
  const rows = await sql.query<Row[]>(
    `SELECT host_id AS "hostId", netns_id AS netns, kind, content
       FROM unnest($1::integer[], $2::integer[]) AS asked (host_id, netns_id)
       JOIN host USING (host_id)
       JOIN section_latest section USING (host_id, netns_id)
      WHERE kind = 'evidence' AND section.run_id = host.run_id OR kind = 'turnover' AND taken_at > $3`,
    [
      plainArray(namespaces.map(({ hostId }) => hostId)),
      plainArray(namespaces.map(({ netns }) => netns)),
      isoInstant(now - PASSED_LATELY_MS),
    ],
  );
  const told = new Map<string, Told>();
  for (const row of rows) {
    const key = `${row.hostId} ${row.netns}`;
    told.set(key, { ...(told.get(key) ?? NOTHING_TOLD), [row.kind]: row.content });
  }
  return ({ hostId, netns }) => told.get(`${hostId} ${netns}`) ?? NOTHING_TOLD;
}

/** The same of one. */
export async function readToldOf(sql: Sql, namespace: HostNamespace, now: number): Promise<Told> {
  return (await readTold(sql, [namespace], now))(namespace);
}
