import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { Clock } from '../time/clock.ts';
import {
  createPartition,
  DAILY_TABLES,
  type DailyTable,
  dropPartition,
  listPartitionDays,
  lockPartitions,
} from './partitions.queries.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Raw data is kept this long, so that rules can be replayed over a month. */
export const RETENTION_MS = 35 * DAY_MS;
const DAYS_AHEAD = 3;

/** The UTC day of an instant, YYYY-MM-DD. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Daily partitions: made days ahead, on demand for late data, and dropped when they are past retention. */
@Injectable()
export class PartitionsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PartitionsService.name);
  private readonly known: Record<DailyTable, Set<string>> = {
    snapshot: new Set(),
    connection_ended: new Set(),
    agent_event: new Set(),
  };
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

  /** Makes sure that rows of these instants (milliseconds) have a partition. Free when the days are known. */
  async ensure(table: DailyTable, instants: Iterable<number>): Promise<void> {
    const days = new Set<string>();
    for (const at of instants) {
      const day = dayOf(at);
      if (!this.known[table].has(day)) days.add(day);
    }
    if (days.size > 0) await this.create(table, [...days].sort());
  }

  /** Forgets which partitions exist, for when the database says that one is missing. */
  forget(): void {
    for (const table of DAILY_TABLES) this.known[table].clear();
  }

  private async maintain(): Promise<void> {
    const now = this.clock.now();
    const ahead = Array.from({ length: DAYS_AHEAD + 2 }, (_, index) => dayOf(now + (index - 1) * DAY_MS));
    // An hour of grace: a snapshot may have been accepted just before it went past retention.
    const firstKept = dayOf(now - RETENTION_MS - HOUR_MS);
    for (const table of DAILY_TABLES) {
      await this.create(table, ahead);
      await this.dropBefore(table, firstKept);
    }
  }

  private async create(table: DailyTable, days: readonly string[]): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      await lockPartitions(sql);
      for (const day of days) await createPartition(sql, table, day, dayOf(Date.parse(day) + DAY_MS));
    });
    for (const day of days) this.known[table].add(day);
  }

  private async dropBefore(table: DailyTable, firstKept: string): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      await lockPartitions(sql);
      for (const day of await listPartitionDays(sql, table)) {
        if (day >= firstKept) continue;
        this.known[table].delete(day);
        await dropPartition(sql, table, day);
      }
    });
  }
}
