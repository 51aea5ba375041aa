import { Controller, Get, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type ConnectionSearch, ConnectionSearchSchema } from '@closewatch/protocol';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { searchCsv } from './connection-csv.ts';
import { SearchQuery } from './search-query.ts';
import { SearchService } from './search.service.ts';

@ApiTags('connections')
@ApiCookieAuth()
@Controller('api/v1/connections')
export class SearchController {
  constructor(private readonly connections: SearchService) {}

  @Get()
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ConnectionSearchSchema,
    csv: searchCsv,
    summary: 'Connections of all hosts by address, port and process: open now, at an instant, or in a range of time',
    errors: [400, 401],
  })
  search(
    @Query({ schema: SearchQuery }) query: SearchQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionSearch> {
    return this.connections.search(principal, query);
  }
}
