import { type DynamicModule, Module } from '@nestjs/common';
import { PackSchedule, TAKES_JOBS } from './pack-schedule.ts';
import { PACKING_POOL, packingPool } from './packing-pool.ts';
import { PackingService } from './packing.service.ts';

/** Rows of closed hours become packs. */
@Module({})
export class PackingModule {
  /** `takesJobs` false: packs only when it is asked to. */
  static of({ databaseUrl, takesJobs }: { databaseUrl: string; takesJobs: boolean }): DynamicModule {
    return {
      module: PackingModule,
      providers: [
        { provide: PACKING_POOL, useFactory: () => packingPool(databaseUrl) },
        { provide: TAKES_JOBS, useValue: takesJobs },
        PackingService,
        PackSchedule,
      ],
      exports: [PackingService],
    };
  }
}
