import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { coerceError } from '../../errors/coerce-error.ts';
import { BACKFILLS } from './backfills.ts';
import { runBackfill } from './backfill.ts';

/** Runs the backfills of this release beside everything else, from where they stood. */
@Injectable()
export class BackfillsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(BackfillsService.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.work = this.fill().catch((error: unknown) => {
      if (this.stopping.signal.aborted) return;
      this.logger.warn(`Filling goes on after the next start: ${coerceError(error).message}`);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async fill(): Promise<void> {
    for (const backfill of BACKFILLS) {
      await runBackfill(this.dataSource, backfill, this.stopping.signal);
      this.logger.log(`The backfill ${backfill.name} is done.`);
    }
  }
}
