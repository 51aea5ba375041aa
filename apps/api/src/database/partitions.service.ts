import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type RetentionKind } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { KeptDays } from '../retention/kept-days.ts';
import { KINDS_OF_DATA } from '../retention/retention-kinds.ts';
import { Clock } from '../time/clock.ts';
import { type Sql } from './data-source.ts';
import { sqlState } from './database-faults.ts';
import {
  createPartition,
  dropPartition,
  HOT_TABLES,
  listPartitions,
  lockPartitions,
  nextPartition,
  notPacked,
  PARTITIONED_TABLES,
  type PartitionedTable,
  partitionOf,
} from './partitions.queries.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS_AHEAD = 3;
/** Whoever waits for a lock on a table holds up every statement that comes after: so long at most, each time. */
const LOCK_PATIENCE_MS = 500;
/** Between two tries what was held up goes through. */
const REST_MS = 200;
/** Some five seconds in all. */
const ATTEMPTS = 8;
const LOCK_TIMEOUT = '55P03';
const TABLES = Object.keys(PARTITIONED_TABLES) as PartitionedTable[];

/**
 * Partitions by time: made days ahead, on demand for late data, and dropped when they are past the retention of their kind. Those
 * of hot tables are the packer's to drop: what is not packed is never too old.
 */
@Injectable()
export class PartitionsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PartitionsService.name);
  private readonly known = new Map<PartitionedTable, Set<string>>(TABLES.map((table) => [table, new Set()]));
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly kept: KeptDays,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.kept.refresh();
    await this.maintain();
    this.kept.onChange(() => this.maintainLater());
    this.timer = setInterval(() => this.maintainLater(), HOUR_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** Makes sure that rows of these instants (milliseconds) have a partition. Free when those are known. */
  async ensure(table: PartitionedTable, instants: Iterable<number>): Promise<void> {
    const known = this.known.get(table);
    const missing = new Set<string>();
    for (const at of instants) {
      const first = partitionOf(table, at);
      if (!known?.has(first)) missing.add(first);
    }
    if (missing.size > 0) await this.create(table, [...missing].sort());
  }

  /** Forgets which partitions exist, for when the database says that one is missing. */
  forget(): void {
    for (const known of this.known.values()) known.clear();
  }

  private maintainLater(): void {
    this.round = this.round
      .then(() => this.maintain())
      .catch((error: unknown) => {
        this.logger.warn(`Partitions will be looked after again in an hour: ${coerceError(error).message}`);
      });
  }

  /** Looks after every table, also when one cannot be had: then it throws in the end. */
  private async maintain(): Promise<void> {
    const now = this.clock.now();
    const ahead = Array.from({ length: DAYS_AHEAD + 2 }, (_, index) => now + (index - 1) * DAY_MS);
    const failures: unknown[] = [];
    const attempt = async (work: Promise<void>): Promise<void> => {
      await work.catch((error: unknown) => void failures.push(error));
    };
    for (const table of TABLES) {
      await attempt(this.create(table, [...new Set(ahead.map((at) => partitionOf(table, at)))]));
    }
    for (const [kind, { series }] of Object.entries(KINDS_OF_DATA)) {
      if (series === null) continue;
      // An hour of grace: a snapshot may have been accepted just before it went past retention.
      const firstKept = partitionOf(series, now - this.kept.ofMs(kind as RetentionKind) - HOUR_MS);
      await attempt(this.dropBefore(series, firstKept));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async create(table: PartitionedTable, partitions: readonly string[]): Promise<void> {
    await this.patiently(async (sql) => {
      const wanted = HOT_TABLES.has(table) ? await notPacked(sql, table, partitions) : partitions;
      for (const first of wanted) await createPartition(sql, table, first);
    });
    // Days that are packed need none, and will not: hours that are closed stay so.
    for (const first of partitions) this.known.get(table)?.add(first);
  }

  private async dropBefore(table: PartitionedTable, firstKept: string): Promise<void> {
    await this.patiently(async (sql) => {
      for (const first of await listPartitions(sql, table)) {
        if (nextPartition(table, first) > firstKept) continue;
        this.known.get(table)?.delete(first);
        await dropPartition(sql, table, first);
      }
    });
  }

  /** In a transaction, under the lock of partitions. While somebody holds a table it is tried again, for some seconds. */
  private async patiently(change: (sql: Sql) => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.dataSource.transaction(async (sql) => {
          await lockPartitions(sql);
          await sql.query(`SET LOCAL lock_timeout = ${LOCK_PATIENCE_MS}`);
          await change(sql);
        });
      } catch (error) {
        if (attempt === ATTEMPTS || sqlState(error) !== LOCK_TIMEOUT) throw error;
      }
      await sleep(REST_MS);
    }
  }
}
