import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeptDays } from '../retention/kept-days.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { hourly } from '../time/hourly.ts';
import { forgetNamespaces } from './namespace-retention.queries.ts';

const DAY_MS = 86_400_000;
/** Whatever is told by the name of a namespace; hourly figures of it are told by its number. */
const RAW = ['snapshots', 'connections', 'processes', 'ports'] as const;

/**
 * Forgets namespaces that are gone: the details of one a day after it was last seen (a process table of a container that
 * has ended tells of nothing that is), its name when the last of what it told is past retention.
 */
@Injectable()
export class NamespaceRetention implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(NamespaceRetention.name);
  private end: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
  ) {}

  onModuleInit(): void {
    this.end = hourly(
      () => this.forget(),
      (message) => this.logger.warn(`Namespaces that are gone will be forgotten in an hour: ${message}`),
    );
  }

  onModuleDestroy(): void {
    this.end?.();
  }

  async forget(): Promise<void> {
    const now = this.clock.now();
    await forgetNamespaces(this.dataSource.manager, {
      details: isoInstant(now - DAY_MS),
      names: isoInstant(now - this.kept.longestOf(RAW) * DAY_MS),
    });
  }
}
