import { Injectable } from '@nestjs/common';
import { type HostProcesses, type ProcessHistory } from '@closewatch/protocol';
import { processKey } from '../packing/process-pack.ts';
import { type Principal } from '../rights/principal.ts';
import { SampleHistoryService } from '../samples/sample-history.service.ts';
import { type SampleHistoryQuery } from '../samples/sample-query.ts';
import { isoInstant } from '../time/clock.ts';
import { PROCESS_SAMPLES } from './process-samples.ts';
import { ProcessSteps, ProcessTableSteps } from './process-steps.ts';

export interface ProcessHistoryRequest extends SampleHistoryQuery {
  readonly pid?: number | undefined;
  readonly startedAt?: string | undefined;
}

/** Processes and their sockets as they were. */
@Injectable()
export class ProcessHistoryService {
  constructor(private readonly samples: SampleHistoryService) {}

  /** The table as of an instant; nothing where there is none of about that time. Evidence is not kept. Throws ApiError 404. */
  async at(principal: Principal, id: string, asked: { netns: number; at: string }): Promise<HostProcesses> {
    const sample = await this.samples.at(PROCESS_SAMPLES, principal, id, asked);
    return {
      takenAt: sample === undefined ? null : isoInstant(sample.takenAt),
      items: (sample?.content.items ?? []).map((item) => ({ ...item, evidence: null })),
      nextCursor: null,
      others: sample?.content.others ?? 0,
      unowned: sample?.content.unowned ?? 0,
      evidence: { takenAt: null, unlisted: [], pressureStall: null },
    };
  }

  /** The processes with most sockets over time, or those of a pid. Throws ApiError 400 for a range that is none, 404. */
  async over(principal: Principal, id: string, request: ProcessHistoryRequest): Promise<ProcessHistory> {
    const { pid, startedAt } = request;
    const one = pid === undefined || startedAt === undefined ? undefined : processKey(pid, Date.parse(startedAt));
    const isAsked = (key: string): boolean =>
      one === undefined ? pid === undefined || key.startsWith(`${pid} `) : key === one;
    const { steps, things, whole } = await this.samples.over(
      PROCESS_SAMPLES,
      principal,
      id,
      { ...request, isAsked },
      { whole: (count) => new ProcessTableSteps(count), steps: (count) => new ProcessSteps(count) },
    );
    return {
      ...steps,
      items: things.map(({ thing, greatest, steps }) => ({ process: thing, greatest, ...steps.series() })),
      ...whole.series(),
    };
  }
}
