import { Controller, Get, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type FleetAt, FleetAtSchema, Instant } from '@closewatch/protocol';
import { z } from 'zod';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { fleetCsv } from './fleet-csv.ts';
import { FleetService } from './fleet.service.ts';

const FleetQuery = z.object({ at: Instant.optional(), ...pageParameters({ usual: 200, most: 1_000 }) });

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/fleet')
export class FleetController {
  constructor(private readonly fleet: FleetService) {}

  @Get()
  @Allow('person', 'script')
  @ApiAnswers({
    ok: FleetAtSchema,
    csv: fleetCsv,
    summary: 'All hosts as of an instant, by name, and totals',
    errors: [400, 401],
  })
  at(
    @Query({ schema: FleetQuery }) query: z.infer<typeof FleetQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<FleetAt> {
    return this.fleet.at(principal, query);
  }
}
