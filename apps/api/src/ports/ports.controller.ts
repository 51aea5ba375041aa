import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { Address, type HostPorts, HostPortsSchema, type PortHistory, PortHistorySchema } from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { SampleAtQuery, SampleHistoryQuery, wholeNumber } from '../samples/sample-query.ts';
import { HostDetailsService } from '../sections/host-details.service.ts';
import { portsCsv } from './port-csv.ts';
import { portHistoryCsv } from './port-history-csv.ts';
import { PortHistoryService } from './port-history.service.ts';

const HistoryQuery = SampleHistoryQuery.extend({
  localAddress: Address.optional(),
  peerAddress: Address.optional(),
  peerPort: wholeNumber(0, 65_535).optional(),
});

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class PortsController {
  constructor(
    private readonly details: HostDetailsService,
    private readonly history: PortHistoryService,
  ) {}

  @Get(':id/ports')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostPortsSchema,
    csv: portsCsv,
    summary:
      'Port pressure by destination, TIME_WAIT, and what the kernel counts and how it is set; or as of an instant',
    errors: [400, 401, 404],
  })
  async read(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: SampleAtQuery }) { netns, at }: SampleAtQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HostPorts> {
    if (at !== undefined) return this.history.at(principal, id, { netns, at });
    const { ports, kernel } = await this.details.read(principal, id, netns);
    return { ports, kernel };
  }

  @Get(':id/ports/history')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: PortHistorySchema,
    csv: portHistoryCsv,
    summary:
      'Port pressure over time: of the destinations that use most ports or of those that are named, and TIME_WAIT',
    errors: [400, 401, 404],
  })
  over(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: HistoryQuery }) query: z.infer<typeof HistoryQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PortHistory> {
    return this.history.over(principal, id, query);
  }
}
