import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What a connection is found by besides its addresses, as one array: its ports, and of each owner the name of the
 * executable, the pid, the unit and the container (whole, and short as tools print it).
 */
const TERMS = `connection_terms(local_port, peer_port, owners)`;

const STATEMENTS = [
  `CREATE FUNCTION connection_terms(local_port integer, peer_port integer, owners jsonb) RETURNS text[]
     -- As slow as it is: what it is asked of row by row, without the index, must look as expensive.
     LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
     RETURN ARRAY['local:' || local_port, 'peer:' || peer_port] || ARRAY(
       SELECT term
         FROM jsonb_array_elements(owners) AS owner
        CROSS JOIN LATERAL (VALUES
          ('name:' || regexp_replace(owner ->> 'executable', '^.*/', '')),
          ('pid:' || (owner ->> 'pid')),
          ('unit:' || (owner ->> 'unit')),
          ('container:' || (owner ->> 'containerId')),
          ('container:' || left(owner ->> 'containerId', 12))
        ) AS told (term)
        WHERE term IS NOT NULL)`,
  `COMMENT ON FUNCTION connection_terms IS 'what a connection is searched by; indexes hold it: replace it only together with them'`,
  // As of an instant, in the order of lists: what had ended by then is passed over within the index.
  `CREATE INDEX connection_ended_listed ON connection_ended (host_id, netns_id, opened_before, ended_at)`,
  `DROP INDEX connection_ended_opened`,
  `CREATE INDEX connection_ended_newest ON connection_ended (opened_before)`,
  `CREATE INDEX connection_ended_peer ON connection_ended (peer_address, opened_before)`,
  `CREATE INDEX connection_ended_local ON connection_ended (local_address, opened_before)`,
  `CREATE INDEX connection_ended_terms ON connection_ended USING gin (${TERMS})`,
  // Of the open ones none of these columns changes with a sample, so that updates stay within their pages (HOT).
  `CREATE INDEX connection_open_listed ON connection_open (host_id, netns_id, opened_before)`,
  `CREATE INDEX connection_open_peer ON connection_open (peer_address, opened_before)`,
  `CREATE INDEX connection_open_terms ON connection_open USING gin (${TERMS})`,
];

/** Lifetimes are found by instant, address, port and owner, on one host and over all (docs/adr/0025). */
export class LifetimeSearch1795575600000 implements MigrationInterface {
  name = 'LifetimeSearch1795575600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const index of ['listed', 'peer', 'terms']) await queryRunner.query(`DROP INDEX connection_open_${index}`);
    for (const index of ['listed', 'newest', 'peer', 'local', 'terms']) {
      await queryRunner.query(`DROP INDEX connection_ended_${index}`);
    }
    await queryRunner.query(`CREATE INDEX connection_ended_opened ON connection_ended (host_id, opened_before)`);
    await queryRunner.query(`DROP FUNCTION connection_terms`);
  }
}
