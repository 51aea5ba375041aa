import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type LeakGroups, LeakGroupsSchema } from '@closewatch/protocol';
import { HostLeaksService } from '../detection/host-leaks.service.ts';
import { HostPath } from '../hosts/host-id.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { leaksCsv } from './leak-csv.ts';

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class LeaksController {
  constructor(
    private readonly hosts: HostsService,
    private readonly leaks: HostLeaksService,
  ) {}

  @Get(':id/leaks')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: LeakGroupsSchema,
    csv: leaksCsv,
    summary:
      'Who leaks, service by service and endpoint by endpoint: how many, why, how fast, and how long it can go on',
    errors: [400, 401, 404],
  })
  async list(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: NamespaceQuery }) { netns }: NamespaceQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LeakGroups> {
    return this.leaks.read(await this.hosts.find(principal, id), netns);
  }
}
