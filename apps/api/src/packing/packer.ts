import { type PoolClient } from 'pg';
import { databaseFault, isStatementTimeout, sqlState } from '../database/database-faults.ts';
import { type Sql } from '../database/data-source.ts';
import { dropPartition, listPartitions, lockPartitions, nextPartition } from '../database/partitions.queries.ts';
import { type PartitionsService } from '../database/partitions.service.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { Turns } from '../history/turns.ts';
import { isoInstant } from '../time/clock.ts';
import { type HourPacker } from './hour-packer.ts';
import { closeHours, findLate, nextHosts, readPackingState, setPackedUntil } from './packing.queries.ts';

const HOUR_MS = 3_600_000;
/** So long after an hour has ended what is pushed of it still becomes a row: most that is late, is no later. */
const GRACE_MS = 15 * 60_000;
/** Hosts whose rows of an hour are in memory at once. */
const HOSTS_AT_ONCE = 20;
/** Whoever waits to drop a partition holds up everybody who reads or writes the table. */
const DROP_PATIENCE_MS = 500;
const LOCK_TIMEOUT = '55P03';
/** "no partition of relation ... found for row": dropped behind our back. */
const NO_PARTITION = '23514';

export interface PackerOptions {
  /** A connection of its own, which holds PACKER_LOCK. */
  readonly client: PoolClient;
  readonly partitions: PartitionsService;
  readonly packers: readonly HourPacker[];
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

/** One round of packing. Killed anywhere, the next one goes on where it was: nothing is lost, nothing is there twice. */
export class Packer {
  private readonly sql: Sql;
  private readonly turns = new Turns();

  constructor(private readonly options: PackerOptions) {
    this.sql = { query: (text, values) => rowsOf(options.client, text, values as unknown[] | undefined) };
  }

  /** Packs the hours that have ended some minutes before `now` (milliseconds), and what came late. Ends early when aborted. */
  async run(now: number): Promise<void> {
    const before = await readPackingState(this.sql);
    // Packed in an earlier round: who has begun to read rows by then has ended.
    await this.dropPacked(before.packedUntil);
    const until = Math.floor((now - GRACE_MS) / HOUR_MS) * HOUR_MS;
    if (until > before.closedUntil) await this.close(until);
    const { closedUntil } = await readPackingState(this.sql);
    for (let hour = before.packedUntil; hour < closedUntil; hour += HOUR_MS) {
      if (!(await this.packHour(hour))) return;
    }
    await this.mergeLate();
  }

  /** While a push takes too long nothing is closed: what is closed already is packed all the same. */
  private async close(until: number): Promise<void> {
    await this.transaction((sql) => closeHours(sql, until)).catch((error: unknown) => {
      if (sqlState(error) !== LOCK_TIMEOUT) throw error;
      this.options.warn(`The hours before ${isoInstant(until)} are closed later: ${coerceError(error).message}`);
    });
  }

  /** False: aborted, the hour is not wholly packed. */
  private async packHour(hour: number): Promise<boolean> {
    for (const packer of this.options.packers) {
      if (!(await this.hasRows(packer, hour))) continue;
      let after = 0;
      for (;;) {
        if (this.options.signal.aborted) return false;
        const hostIds = await nextHosts(this.sql, after, HOSTS_AT_ONCE);
        if (hostIds.length === 0) break;
        await this.intoPartitions(packer, hour, () => packer.packHour(this.sql, hour, hostIds, this.turns));
        after = hostIds.at(-1) ?? after;
      }
    }
    await setPackedUntil(this.sql, hour + HOUR_MS);
    return true;
  }

  /** Whether there is a partition for rows of this hour: months in which nobody pushed take no time. */
  private async hasRows({ hot }: HourPacker, hour: number): Promise<boolean> {
    const day = isoInstant(hour).slice(0, 10);
    return (await listPartitions(this.sql, hot)).includes(day);
  }

  private async mergeLate(): Promise<void> {
    const { packedUntil } = await readPackingState(this.sql);
    for (const packer of this.options.packers) {
      for (const group of await findLate(this.sql, packer, packedUntil)) {
        if (this.options.signal.aborted) return;
        const merge = () => this.transaction((sql) => packer.mergeLate(sql, group, this.turns));
        await this.intoPartitions(packer, group.from, merge).catch((error: unknown) => {
          // One that cannot be read or stored must not hold up the others. Its rows stay, and are read as they are.
          if (isGone(error)) throw error;
          const { hostId, netns, from } = group;
          this.options.warn(`Host ${hostId}, namespace ${netns}, ${isoInstant(from)}: ${coerceError(error).message}`);
        });
      }
    }
  }

  /** Makes sure that packs of an hour have a partition; those that somebody dropped meanwhile are made once more. */
  private async intoPartitions({ packs }: HourPacker, hour: number, work: () => Promise<void>): Promise<void> {
    const ensure = async (): Promise<void> => {
      for (const table of packs) await this.options.partitions.ensure(table, [hour]);
    };
    await ensure();
    try {
      await work();
    } catch (error) {
      if (sqlState(error) !== NO_PARTITION) throw error;
      this.options.partitions.forget();
      await ensure();
      await work();
    }
  }

  /** Drops the days of rows that end before `packedUntil`, unless somebody is busy with them: then a later round does. */
  private async dropPacked(packedUntil: number): Promise<void> {
    const firstKept = isoInstant(packedUntil).slice(0, 10);
    for (const { hot } of this.options.packers) {
      for (const first of await listPartitions(this.sql, hot)) {
        if (nextPartition(hot, first) > firstKept || this.options.signal.aborted) continue;
        await this.transaction(async (sql) => {
          await sql.query(`SET LOCAL lock_timeout = ${DROP_PATIENCE_MS}`);
          await lockPartitions(sql);
          await dropPartition(sql, hot, first);
        }).catch((error: unknown) => {
          if (sqlState(error) !== LOCK_TIMEOUT && !isStatementTimeout(error)) throw error;
          this.options.warn(`The rows of ${first} in ${hot} are dropped later: ${coerceError(error).message}`);
        });
      }
    }
  }

  private async transaction(work: (sql: Sql) => Promise<void>): Promise<void> {
    await this.sql.query('BEGIN');
    try {
      await work(this.sql);
      await this.sql.query('COMMIT');
    } catch (error) {
      await this.sql.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

/** Whether the connection is no more, or the whole database in trouble: then nothing else would go better. */
function isGone(error: unknown): boolean {
  const ofOne = isStatementTimeout(error) || [LOCK_TIMEOUT, '40P01', '40001'].includes(sqlState(error) ?? '');
  return databaseFault(error) === 'away' && !ofOne;
}

async function rowsOf<Rows>(client: PoolClient, text: string, values: unknown[] = []): Promise<Rows> {
  const { rows } = await client.query(text, values);
  return rows as Rows;
}
