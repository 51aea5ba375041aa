import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  type HostOrphans,
  HostOrphansSchema,
  type HostProcesses,
  HostProcessesSchema,
  Instant,
  type ProcessHistory,
  ProcessHistorySchema,
} from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { SampleAtQuery, SampleHistoryQuery, wholeNumber } from '../samples/sample-query.ts';
import { HostDetailsService } from '../sections/host-details.service.ts';
import { orphansCsv, processesCsv } from './process-csv.ts';
import { processHistoryCsv } from './process-history-csv.ts';
import { ProcessHistoryService } from './process-history.service.ts';
import { joinEvidence } from './process-items.ts';

const HistoryQuery = SampleHistoryQuery.extend({
  pid: wholeNumber(1, 4_194_304).optional(),
  startedAt: Instant.optional(),
}).refine(({ pid, startedAt }) => startedAt === undefined || pid !== undefined, {
  path: ['startedAt'],
  error: 'must come with the pid of the process',
});

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class ProcessesController {
  constructor(
    private readonly details: HostDetailsService,
    private readonly history: ProcessHistoryService,
  ) {}

  @Get(':id/processes')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostProcessesSchema,
    csv: processesCsv,
    summary:
      'Processes and their sockets by state, with the evidence of those that hold CLOSE_WAIT; or as of an instant',
    errors: [400, 401, 404],
  })
  async processes(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: SampleAtQuery }) { netns, at }: SampleAtQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HostProcesses> {
    if (at !== undefined) return this.history.at(principal, id, { netns, at });
    return joinEvidence(await this.details.read(principal, id, netns));
  }

  @Get(':id/processes/history')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ProcessHistorySchema,
    csv: processHistoryCsv,
    summary: 'Sockets by state and descriptors over time, of the processes with most sockets or of one',
    errors: [400, 401, 404],
  })
  over(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ProcessHistory> {
    return this.history.over(principal, id, query);
  }

  @Get(':id/orphans')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostOrphansSchema,
    csv: orphansCsv,
    summary: 'Descriptors that are still open though their sockets have left the kernel',
    errors: [400, 401, 404],
  })
  async orphans(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: NamespaceQuery }) { netns }: NamespaceQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HostOrphans> {
    const { orphans } = await this.details.read(principal, id, netns);
    return { takenAt: null, count: 0, items: [], ...orphans, nextCursor: null };
  }
}
