import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type HostOrphans, HostOrphansSchema, type HostProcesses, HostProcessesSchema } from '@closewatch/protocol';
import { HostPath } from '../hosts/host-id.ts';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { HostDetailsService } from '../sections/host-details.service.ts';
import { joinEvidence } from './process-items.ts';

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class ProcessesController {
  constructor(private readonly details: HostDetailsService) {}

  @Get(':id/processes')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostProcessesSchema,
    summary: 'Processes and their sockets by state, with the evidence of those that hold CLOSE_WAIT',
    errors: [400, 401, 404],
  })
  async processes(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: NamespaceQuery }) { netns }: NamespaceQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HostProcesses> {
    return joinEvidence(await this.details.read(principal, id, netns));
  }

  @Get(':id/orphans')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostOrphansSchema,
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
