import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeptDays } from '../retention/kept-days.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { hourly } from '../time/hourly.ts';
import { forgetAnnotations, forgetIncidents } from './incident-retention.queries.ts';

/** So many at a time: none of these transactions holds anybody up. */
const BATCH = 200;

/** Forgets resolved incidents, and what people said had changed, once they are past retention; open ones never. */
@Injectable()
export class IncidentRetention implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(IncidentRetention.name);
  private end: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
  ) {}

  onModuleInit(): void {
    this.end = hourly(
      () => this.forget(),
      (message) => this.logger.warn(`Old incidents will be forgotten in an hour: ${message}`),
    );
  }

  onModuleDestroy(): void {
    this.end?.();
  }

  async forget(): Promise<void> {
    const sql = this.dataSource.manager;
    const before = isoInstant(this.clock.now() - this.kept.ofMs('incidents'));
    while ((await forgetIncidents(sql, before, BATCH)) === BATCH);
    await forgetAnnotations(sql, before);
  }
}
