import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type AgentEvent, AgentEventSchema, type Page, pageOf } from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { eventsCsv } from './event-csv.ts';
import { EventsService } from './events.service.ts';

const ListQuery = z.object(pageParameters({ usual: 100, most: 1_000 }));

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get(':id/events')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(AgentEventSchema),
    csv: eventsCsv,
    summary: 'Starts, gaps and clock jumps of a host, the newest first',
    errors: [400, 401, 404],
  })
  list(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<AgentEvent>> {
    return this.events.list(principal, id, query);
  }
}
