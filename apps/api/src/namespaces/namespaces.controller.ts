import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { Instant, type NamespaceItem, NamespaceItemSchema, type Page, pageOf } from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { namespacesCsv } from './namespace-csv.ts';
import { NamespacesService } from './namespaces.service.ts';

const ListQuery = z.object({ seenSince: Instant.optional(), ...pageParameters({ usual: 200, most: 1_000 }) });

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class NamespacesController {
  constructor(private readonly namespaces: NamespacesService) {}

  @Get(':id/namespaces')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(NamespaceItemSchema),
    csv: namespacesCsv,
    summary: 'Network namespaces of a host, its own (0) first',
    errors: [400, 401, 404],
  })
  list(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<NamespaceItem>> {
    return this.namespaces.list(principal, id, query);
  }
}
