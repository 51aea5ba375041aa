import { describe, expect, it } from '@jest/globals';
import { type MigrationInterface } from 'typeorm';
import { faultsOf } from '../../testing/migration-rules.ts';
import { statementsOf } from '../../testing/recording-runner.ts';
import { dataSourceOptions } from '../data-source.ts';
import { ForwardMigration } from './forward-migration.ts';

/** Made before there were rules, and before anybody ran what they change under load. No name is ever added. */
const EXEMPT = new Set([
  'InitialSchema1795305600000',
  'SnapshotStandsAt1795392000000',
  'SnapshotSections1795478400000',
  'History1795564800000',
  'LifetimeSearch1795575600000',
  'OwnCompleteness1795579200000',
]);
const LARGE = new Set([
  ...['host', 'host_latest', 'netns', 'section_latest', 'agent_event', 'connection_open', 'connection_ended'],
  ...['snapshot', 'snapshot_late', 'snapshot_pack', 'snapshot_rollup'],
  ...['process_sample', 'process_late', 'process_pack', 'port_sample', 'port_late', 'port_pack'],
]);

const { migrations } = dataSourceOptions('postgres://nowhere/nothing');
const ALL = (migrations as (new () => MigrationInterface)[]).map((Migration) => new Migration());
const RULED = ALL.filter(({ name }) => !EXEMPT.has(name ?? ''));

describe('the migrations', () => {
  it('are in the order of their instants', () => {
    const instants = ALL.map(({ name }) => Number(name?.slice(-13)));
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(instants.every(Number.isSafeInteger)).toBe(true);
  });

  it.each(RULED.map((migration) => [migration.name ?? '', migration] as const))(
    'keep the rules in %s',
    async (_name, migration) => {
      const step = migration instanceof ForwardMigration ? migration.step : 'expand';
      expect(faultsOf(await statementsOf(migration), { step, large: LARGE })).toEqual([]);
    },
  );

  it('go forward only', async () => {
    expect(RULED.length).toBeGreaterThan(0);
    for (const migration of RULED) {
      await expect(migration.down({} as Parameters<typeof migration.down>[0])).rejects.toThrow(/estore .*backup/);
    }
  });
});

describe('the rules of migrations', () => {
  it.each([
    'ALTER TABLE snapshot DROP COLUMN seq',
    'DROP TABLE snapshot_late',
    'DROP INDEX connection_ended_peer',
    'ALTER TABLE snapshot\n  RENAME COLUMN seq TO number',
    'ALTER TABLE snapshot ALTER COLUMN seq TYPE integer',
    'ALTER TABLE snapshot ALTER seq SET DATA TYPE integer',
    'ALTER TABLE snapshot ADD COLUMN zone text NOT NULL',
    'ALTER TABLE snapshot ADD zone text NOT NULL',
    'ALTER TABLE snapshot ADD COLUMN came_at timestamptz NOT NULL DEFAULT now()',
    'ALTER TABLE snapshot ALTER COLUMN stands_at SET NOT NULL',
    'ALTER TABLE snapshot ADD CONSTRAINT positive CHECK (seq >= 0)',
    'ALTER TABLE connection_open ADD FOREIGN KEY (host_id) REFERENCES host',
    'ALTER TABLE connection_open ADD UNIQUE (host_id, local_port)',
    'CREATE INDEX ended_port ON connection_ended (host_id, local_port)',
    'create unique index on snapshot (host_id)',
    'UPDATE host_latest SET cursor = 0',
    'DELETE FROM snapshot WHERE taken_at < now()',
    'INSERT INTO snapshot_late SELECT * FROM snapshot',
    'LOCK TABLE snapshot',
    'VACUUM FULL snapshot_pack',
  ])('refuse %s', (statement) => {
    expect(faultsOf([statement], { step: 'expand', large: LARGE })).toHaveLength(1);
  });

  it.each([
    'ALTER TABLE snapshot ADD COLUMN zone text',
    'ALTER TABLE snapshot ADD COLUMN zone text NOT NULL DEFAULT $$utc$$',
    'ALTER TABLE snapshot ADD CONSTRAINT positive CHECK (seq >= 0) NOT VALID',
    'ALTER TABLE snapshot VALIDATE CONSTRAINT positive',
    'CREATE INDEX CONCURRENTLY ended_port ON connection_ended_p20261122 (host_id, local_port)',
    'CREATE INDEX ended_port ON ONLY connection_ended (host_id, local_port)',
    'CREATE TABLE rule (rule_id integer PRIMARY KEY)',
    'CREATE INDEX rule_name ON rule (name)',
    'UPDATE retention SET keep_days = 36 WHERE keep_days = 35',
  ])('let pass %s', (statement) => {
    expect(faultsOf([statement], { step: 'expand', large: LARGE })).toEqual([]);
  });

  it('let a contract step take away, and nothing else', () => {
    const faults = faultsOf(
      [
        'ALTER TABLE snapshot DROP COLUMN seq',
        'ALTER TABLE snapshot ALTER COLUMN stands_at SET NOT NULL',
        'LOCK snapshot',
      ],
      { step: 'contract', large: LARGE },
    );
    expect(faults).toEqual([expect.stringContaining('LOCK snapshot')]);
  });

  it('let a migration index the table that it makes', () => {
    const statements = ['CREATE TABLE snapshot (host_id integer)', 'CREATE INDEX of_host ON snapshot (host_id)'];
    expect(faultsOf(statements, { step: 'expand', large: LARGE })).toEqual([]);
  });
});
