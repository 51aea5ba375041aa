import { type Sql } from '../database/data-source.ts';

/** Gives these hosts a label of this name, where they do not have one. */
export async function labelHosts(sql: Sql, agentIds: readonly string[], name: string, value: string): Promise<void> {
  await sql.query(
    `UPDATE host
        SET labels = labels || jsonb_build_object($2::text, $3::text)
      WHERE agent_id = ANY($1::uuid[]) AND NOT labels ? $2::text`,
    [agentIds, name, value],
  );
}
