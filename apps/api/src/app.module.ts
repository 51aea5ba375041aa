import { type DynamicModule, Global, Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule } from 'nestjs-pino';
import pg from 'pg';
import { AccountsModule } from './accounts/accounts.module.ts';
import { AnnotationsModule } from './annotations/annotations.module.ts';
import { type Configuration } from './config/configuration.ts';
import { CONFIGURATION } from './config/configuration.token.ts';
import { ConnectionsModule } from './connections/connections.module.ts';
import { dataSourceOptions, readDataSourceOptions, writePoolOptions } from './database/data-source.ts';
import { PartitionsService } from './database/partitions.service.ts';
import { BackfillsService } from './database/upgrades/backfills.service.ts';
import { WatchModule } from './detection/watch.module.ts';
import { EventsModule } from './events/events.module.ts';
import { FleetModule } from './fleet/fleet.module.ts';
import { ErrorFilter } from './errors/error.filter.ts';
import { HealthModule } from './health/health.module.ts';
import { HistoryModule } from './history/history.module.ts';
import { HostsModule } from './hosts/hosts.module.ts';
import { type GroupCommitLimits } from './ingest/group-commit.ts';
import { IncidentsModule } from './incidents/incidents.module.ts';
import { INGEST_LIMITS, USUAL_INGEST_LIMITS } from './ingest/ingest-limits.ts';
import { IngestModule } from './ingest/ingest.module.ts';
import { WRITE_POOL } from './ingest/write-connections.ts';
import { LeaksModule } from './leaks/leaks.module.ts';
import { LiveModule } from './live/live.module.ts';
import { loggerOptions } from './log/logger-options.ts';
import { MetricsModule } from './metrics/metrics.module.ts';
import { NamespacesModule } from './namespaces/namespaces.module.ts';
import { PackingModule } from './packing/packing.module.ts';
import { PortsModule } from './ports/ports.module.ts';
import { ProcessesModule } from './processes/processes.module.ts';
import { KeptDays } from './retention/kept-days.ts';
import { RetentionModule } from './retention/retention.module.ts';
import { RightsGuard } from './rights/rights.guard.ts';
import { RulesModule } from './rules/rules.module.ts';
import { Clock } from './time/clock.ts';
import { validationError } from './errors/validation-error.ts';

export interface AppOptions {
  readonly configuration: Configuration;
  /** postgres:// URL of a migrated database. */
  readonly databaseUrl: string;
  /** Another clock than the machine's, for tests. */
  readonly clock?: Clock;
  /** Other bounds on what waits for the database, for tests. */
  readonly ingestLimits?: Partial<GroupCommitLimits>;
  /** Whether it takes background jobs; it does unless this is false. */
  readonly takesJobs?: boolean;
  /** Least level that is logged. */
  readonly logLevel?: 'debug' | 'info' | 'silent';
}

/** What every other module may ask for. */
@Global()
@Module({})
class FoundationModule {
  static of({ configuration, databaseUrl, clock, ingestLimits }: AppOptions): DynamicModule {
    return {
      module: FoundationModule,
      providers: [
        { provide: CONFIGURATION, useValue: configuration },
        { provide: Clock, useValue: clock ?? new Clock() },
        { provide: INGEST_LIMITS, useValue: { ...USUAL_INGEST_LIMITS, ...ingestLimits } },
        { provide: WRITE_POOL, useFactory: () => new pg.Pool(writePoolOptions(databaseUrl)) },
        KeptDays,
        PartitionsService,
        BackfillsService,
      ],
      exports: [CONFIGURATION, Clock, INGEST_LIMITS, WRITE_POOL, KeptDays, PartitionsService],
    };
  }
}

@Module({})
export class AppModule {
  static of(options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot(loggerOptions(options.logLevel ?? 'info')),
        TypeOrmModule.forRoot({ ...dataSourceOptions(options.databaseUrl), retryAttempts: 1 }),
        TypeOrmModule.forRoot({ ...readDataSourceOptions(options.databaseUrl), retryAttempts: 1 }),
        FoundationModule.of(options),
        AccountsModule,
        HostsModule,
        FleetModule,
        HistoryModule,
        ConnectionsModule,
        NamespacesModule,
        ProcessesModule,
        PortsModule,
        LeaksModule,
        EventsModule,
        IncidentsModule,
        IngestModule,
        LiveModule,
        PackingModule.of({ databaseUrl: options.databaseUrl, takesJobs: options.takesJobs ?? true }),
        WatchModule.of({ databaseUrl: options.databaseUrl, detects: options.takesJobs ?? true }),
        HealthModule,
        RetentionModule,
        RulesModule,
        AnnotationsModule,
        MetricsModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: RightsGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        {
          provide: APP_PIPE,
          useFactory: () => new StandardSchemaValidationPipe({ exceptionFactory: validationError }),
        },
      ],
    };
  }
}
