import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Logger as WorkerLogger, parseCronItems, run, type Runner, type RunnerOptions } from 'graphile-worker';
import pg from 'pg';
import { coerceError } from '../errors/coerce-error.ts';
import { Clock } from '../time/clock.ts';
import { PACKING_POOL } from './packing-pool.ts';
import { PackingService } from './packing.service.ts';

/** Where it is injected whether this process takes background jobs. */
export const TAKES_JOBS = Symbol('takes jobs');

const TASK = 'pack';
/**
 * Jobs have no queue: a worker that was killed would hold it for four hours, and who packs is settled by a lock that ends
 * with its connection.
 */
const CRON = parseCronItems([
  { task: TASK, match: '*/5 * * * *', options: { jobKey: TASK, maxAttempts: 2, backfillPeriod: 0 } },
]);
/** Ends of jobs are written by the batch: the other way a failure to write one is nobody's, and ends the process (0.18.0). */
const WORKER: GraphileConfig.Preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
/** A worker whose database goes away gives up now and then. */
const RESTART_MS = 5_000;

/** Packs every five minutes, in whichever server takes the job. */
@Injectable()
export class PackSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PackSchedule.name);
  private readonly stopping = new AbortController();
  private working: Promise<void> = Promise.resolve();
  private runner: Runner | undefined;

  constructor(
    @Inject(PACKING_POOL) private readonly pool: pg.Pool,
    @Inject(TAKES_JOBS) private readonly takesJobs: boolean,
    private readonly packing: PackingService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.takesJobs) this.working = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.runner?.stop().catch(() => undefined);
    await this.working;
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        this.runner = await run(this.options());
        // Asked to stop while it was starting.
        if (signal.aborted) await this.runner.stop();
        await this.runner.promise;
      } catch (error) {
        if (!signal.aborted) this.logger.warn(`Packing begins again in some seconds: ${coerceError(error).message}`);
      }
      this.runner = undefined;
      await sleep(RESTART_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private options(): RunnerOptions {
    return {
      pgPool: this.pool,
      concurrency: 1,
      noHandleSignals: true,
      parsedCronItems: CRON,
      preset: WORKER,
      taskList: { [TASK]: () => this.pack() },
      logger: new WorkerLogger(() => (level, message) => {
        if (level === 'error' || level === 'warning') this.logger.warn(message);
      }),
    };
  }

  private async pack(): Promise<void> {
    const started = performance.now();
    if (!(await this.packing.packIfFree(this.clock.now()))) return;
    this.logger.debug(`Packed in ${Math.round(performance.now() - started)} ms.`);
  }
}
