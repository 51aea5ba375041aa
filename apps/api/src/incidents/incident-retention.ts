import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { KeptDays } from '../retention/kept-days.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { forgetAnnotations, forgetIncidents } from './incident-retention.queries.ts';

const HOUR_MS = 3_600_000;
/** So many at a time: none of these transactions holds anybody up. */
const BATCH = 200;

/** Forgets resolved incidents, and what people said had changed, once they are past retention; open ones never. */
@Injectable()
export class IncidentRetention implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(IncidentRetention.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.forget().catch((error: unknown) => {
        this.logger.warn(`Old incidents will be forgotten in an hour: ${coerceError(error).message}`);
      });
    }, HOUR_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async forget(): Promise<void> {
    const sql = this.dataSource.manager;
    const before = isoInstant(this.clock.now() - this.kept.ofMs('incidents'));
    while ((await forgetIncidents(sql, before, BATCH)) === BATCH);
    await forgetAnnotations(sql, before);
  }
}
