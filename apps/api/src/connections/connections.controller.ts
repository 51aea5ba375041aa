import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type ConnectionItem, ConnectionItemSchema, Instant, type Page, pageOf } from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { ConnectionsService } from './connections.service.ts';

const ListQuery = z.object({
  state: z.string().max(32).default('close_wait'),
  at: Instant.optional(),
  netns: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  ...pageParameters({ usual: 1_000, most: 10_000 }),
});

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  @Get(':id/connections')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(ConnectionItemSchema),
    summary: 'Connections in CLOSE_WAIT, now or at an earlier instant',
    errors: [400, 401, 404],
  })
  list(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<ConnectionItem>> {
    return this.connections.list(principal, id, query);
  }
}
