import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { PartitionsService } from '../database/partitions.service.ts';
import { HOUR_PACKERS } from './hour-packers.ts';
import { Packer } from './packer.ts';
import { PACKING_POOL } from './packing-pool.ts';
import { beginPacking, endPacking } from './packing.queries.ts';

const RETRY_MS = 50;

/** Makes packs of closed hours, one server at a time. */
@Injectable()
export class PackingService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(PackingService.name);
  private readonly stopping = new AbortController();

  constructor(
    @Inject(PACKING_POOL) private readonly pool: pg.Pool,
    private readonly partitions: PartitionsService,
  ) {}

  /**
   * Closes and packs the hours that had ended 15 minutes before `now` (milliseconds), and merges what came late. Days of
   * rows that were packed before are dropped. Waits while somebody else packs. Throws when the database is away.
   */
  async packUntil(now: number): Promise<void> {
    while (!(await this.packIfFree(now))) await sleep(RETRY_MS, undefined, { signal: this.stopping.signal });
  }

  /** The same; false, and nothing is done, when somebody else packs. */
  async packIfFree(now: number): Promise<boolean> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    // Unheard, the end of the connection would be the end of the process.
    const onError = (error: Error): void => void (broken = error);
    client.on('error', onError);
    const sql = { query: async (text: string, values?: unknown[]) => (await client.query(text, values)).rows as never };
    try {
      if (!(await beginPacking(sql))) return false;
      const packer = new Packer({
        client,
        partitions: this.partitions,
        packers: HOUR_PACKERS,
        signal: this.stopping.signal,
        warn: (message) => this.logger.warn(message),
      });
      await packer.run(now);
      await endPacking(sql);
      return true;
    } catch (error) {
      // The lock goes with the connection.
      broken ??= error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken ?? false);
    }
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
