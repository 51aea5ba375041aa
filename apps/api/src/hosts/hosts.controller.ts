import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type Host, HostSchema, type Page, pageOf } from '@closewatch/protocol';
import { z } from 'zod';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { hostsCsv } from './host-csv.ts';
import { HostPath } from './host-id.ts';
import { HostsService } from './hosts.service.ts';

const ListQuery = z.object(pageParameters({ usual: 200, most: 1_000 }));

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class HostsController {
  constructor(private readonly hosts: HostsService) {}

  @Get()
  @Allow('person', 'script')
  @ApiAnswers({ ok: pageOf(HostSchema), csv: hostsCsv, summary: 'All hosts, by name', errors: [400, 401] })
  list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<Host>> {
    return this.hosts.list(principal, query);
  }

  @Get(':id')
  @Allow('person', 'script')
  @ApiAnswers({ ok: HostSchema, summary: 'One host', errors: [400, 401, 404] })
  async find(@Param({ schema: HostPath }) { id }: HostPath, @CurrentPrincipal() principal: Principal): Promise<Host> {
    return (await this.hosts.find(principal, id)).host;
  }
}
