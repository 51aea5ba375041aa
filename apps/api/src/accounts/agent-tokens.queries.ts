import { type Sql } from '../database/data-source.ts';

/** Name of the one token that comes with the server's start: from the configuration, or made and kept by the server. */
const OWN = 'CLOSEWATCH_TOKEN';
/** What it was called by earlier versions, when it had not come from the configuration. */
const OWN_EARLIER = 'made at first start';

/**
 * Makes this the server's own token. One that was so before is valid no longer: who changes it wants the old one dead.
 * Must run inside a transaction. A token that somebody revoked stays revoked.
 */
export async function replaceOwnToken(sql: Sql, tokenSha256: Buffer): Promise<void> {
  await sql.query('DELETE FROM agent_token WHERE name = ANY($1::text[]) AND token_sha256 <> $2', [
    [OWN, OWN_EARLIER],
    tokenSha256,
  ]);
  await sql.query(
    `INSERT INTO agent_token (token_sha256, name) VALUES ($1, $2)
     ON CONFLICT (token_sha256) DO UPDATE SET name = excluded.name`,
    [tokenSha256, OWN],
  );
}
