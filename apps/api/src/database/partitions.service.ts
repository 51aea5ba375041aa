import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { Clock } from '../time/clock.ts';
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
/** Raw data is kept this long, so that rules can be replayed over a month. */
export const RETENTION_MS = 35 * DAY_MS;
const DAYS_AHEAD = 3;
const TABLES = Object.keys(PARTITIONED_TABLES) as PartitionedTable[];

/** Partitions by time: made days ahead, on demand for late data, and dropped when they are past retention. */
@Injectable()
export class PartitionsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PartitionsService.name);
  private readonly known = new Map<PartitionedTable, Set<string>>(TABLES.map((table) => [table, new Set()]));
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.maintain();
    this.timer = setInterval(() => {
      this.maintain().catch((error: unknown) => {
        this.logger.warn(`Partitions will be looked after again in an hour: ${coerceError(error).message}`);
      });
    }, HOUR_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
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

  private async maintain(): Promise<void> {
    const now = this.clock.now();
    const ahead = Array.from({ length: DAYS_AHEAD + 2 }, (_, index) => now + (index - 1) * DAY_MS);
    for (const table of TABLES) {
      await this.create(table, [...new Set(ahead.map((at) => partitionOf(table, at)))]);
      // An hour of grace: a snapshot may have been accepted just before it went past retention.
      await this.dropBefore(table, partitionOf(table, now - RETENTION_MS - HOUR_MS));
    }
  }

  private async create(table: PartitionedTable, partitions: readonly string[]): Promise<void> {
    const made = await this.dataSource.transaction(async (sql) => {
      await lockPartitions(sql);
      const wanted = HOT_TABLES.has(table) ? await notPacked(sql, table, partitions) : partitions;
      for (const first of wanted) await createPartition(sql, table, first);
      return wanted;
    });
    for (const first of made) this.known.get(table)?.add(first);
  }

  private async dropBefore(table: PartitionedTable, firstKept: string): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      await lockPartitions(sql);
      for (const first of await listPartitions(sql, table)) {
        if (nextPartition(table, first) > firstKept) continue;
        this.known.get(table)?.delete(first);
        await dropPartition(sql, table, first);
      }
    });
  }
}
