import { type DynamicModule, Module } from '@nestjs/common';
import { IncidentsModule } from '../incidents/incidents.module.ts';
import { LeakFiguresModule } from '../metrics/leak-figures.module.ts';
import { RulesModule } from '../rules/rules.module.ts';
import { TwoEndsModule } from '../two-ends/two-ends.module.ts';
import { DETECTION_POOL, detectionPool, LOCK_CLIENT, lockClient } from './detection-pool.ts';
import { DetectionTransactions } from './detection-transactions.ts';
import { DETECTS, DetectionService } from './detection.service.ts';
import { IncidentKeeper } from './incident-keeper.ts';
import { ShardLocks } from './shard-locks.ts';

/** Somebody watches over each host, and makes incidents of what is found. */
@Module({})
export class WatchModule {
  /** `detects` false: only when it is asked to. */
  static of({ databaseUrl, detects }: { databaseUrl: string; detects: boolean }): DynamicModule {
    return {
      module: WatchModule,
      imports: [IncidentsModule, LeakFiguresModule, RulesModule, TwoEndsModule],
      providers: [
        { provide: DETECTION_POOL, useFactory: () => detectionPool(databaseUrl) },
        { provide: LOCK_CLIENT, useValue: () => lockClient(databaseUrl) },
        { provide: DETECTS, useValue: detects },
        DetectionTransactions,
        DetectionService,
        IncidentKeeper,
        ShardLocks,
      ],
      exports: [DetectionService],
    };
  }
}
