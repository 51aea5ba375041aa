import { type QueryRunner } from 'typeorm';
import { ForwardMigration } from '../upgrades/forward-migration.ts';
import { quickDdl } from '../upgrades/quick-ddl.ts';

/** Incidents, what happened to them, what was gathered when they fired, and what people say has changed (docs/incidents.md). */
export class Incidents1795669200000 extends ForwardMigration {
  override readonly name = 'Incidents1795669200000';

  override async up(queryRunner: QueryRunner): Promise<void> {
    await quickDdl(queryRunner, [
      `CREATE TABLE incident (
         host_id integer NOT NULL,
         incident_id uuid NOT NULL,
         rule text NOT NULL,
         key text NOT NULL,
         severity text NOT NULL,
         subject jsonb NOT NULL,
         service text NOT NULL,
         began_at timestamptz NOT NULL,
         opened_at timestamptz NOT NULL,
         stale_since timestamptz,
         clearing_since timestamptz,
         resolved_at timestamptz,
         resolved_as text,
         figures jsonb NOT NULL,
         figures_at timestamptz NOT NULL,
         peak_figure text NOT NULL,
         peak_value double precision NOT NULL,
         peak_at timestamptz NOT NULL,
         finding jsonb,
         reasons jsonb NOT NULL,
         acknowledged_at timestamptz,
         acknowledged_by text,
         owner text,
         review jsonb,
         previous_id uuid,
         recurrence integer NOT NULL DEFAULT 0,
         parent_id uuid,
         state jsonb NOT NULL,
         version integer NOT NULL DEFAULT 0,
         PRIMARY KEY (host_id, incident_id)
       ) WITH (fillfactor = 70)`,
      `COMMENT ON COLUMN incident.clearing_since IS 'since when it is well under its trigger'`,
      `COMMENT ON COLUMN incident.state IS 'what its rule remembers, so that a restart of the server forgets nothing'`,
      `CREATE UNIQUE INDEX incident_open ON incident (host_id, rule, key) WHERE resolved_at IS NULL`,
      `CREATE INDEX incident_key ON incident (host_id, rule, key, opened_at)`,
      `CREATE INDEX incident_id ON incident (incident_id)`,
      `CREATE INDEX incident_newest ON incident (opened_at, incident_id)`,
      `CREATE INDEX incident_service ON incident (service, rule, opened_at)`,
      `CREATE INDEX incident_endpoint ON incident ((subject -> 'endpoint'), (finding ->> 'verdict'), opened_at)
        WHERE subject ? 'endpoint'`,
      `CREATE INDEX incident_part ON incident (host_id, parent_id) WHERE parent_id IS NOT NULL`,
      `CREATE INDEX incident_resolved ON incident (resolved_at) WHERE resolved_at IS NOT NULL`,
      `CREATE TABLE incident_event (
         host_id integer NOT NULL,
         incident_id uuid NOT NULL,
         number integer NOT NULL,
         happened_at timestamptz NOT NULL,
         kind text NOT NULL,
         author text,
         text text,
         content jsonb NOT NULL,
         PRIMARY KEY (host_id, incident_id, number)
       )`,
      `CREATE TABLE incident_evidence (
         host_id integer NOT NULL,
         incident_id uuid NOT NULL,
         number integer NOT NULL,
         captured_at timestamptz NOT NULL,
         kind text NOT NULL,
         content jsonb NOT NULL,
         PRIMARY KEY (host_id, incident_id, number)
       )`,
      `CREATE TABLE annotation (
         annotation_id uuid NOT NULL PRIMARY KEY,
         happened_at timestamptz NOT NULL,
         kind text NOT NULL,
         host_id integer,
         service text,
         text text NOT NULL,
         link text,
         source text NOT NULL,
         author text,
         created_at timestamptz NOT NULL DEFAULT now()
       )`,
      `COMMENT ON COLUMN annotation.host_id IS 'null: all hosts'`,
      `CREATE INDEX annotation_happened ON annotation (happened_at)`,
    ]);
  }
}
