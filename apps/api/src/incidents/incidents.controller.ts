import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  type Incident,
  type IncidentDetails,
  IncidentDetailsSchema,
  IncidentSchema,
  type Page,
  pageOf,
} from '@closewatch/protocol';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { incidentsCsv } from './incident-csv.ts';
import { IncidentPath, IncidentQuery } from './incident-query.ts';
import { IncidentsService } from './incidents.service.ts';

@ApiTags('incidents')
@ApiCookieAuth()
@Controller('api/v1/incidents')
export class IncidentsController {
  constructor(private readonly incidents: IncidentsService) {}

  @Get()
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(IncidentSchema),
    csv: incidentsCsv,
    summary: 'Incidents of all hosts, the newest first',
    errors: [400, 401],
  })
  list(
    @Query({ schema: IncidentQuery }) query: IncidentQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<Incident>> {
    return this.incidents.list(principal, query);
  }

  @Get(':id')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: IncidentDetailsSchema,
    summary: 'One incident with its timeline, evidence, what changed before it, and others like it',
    errors: [400, 401, 404],
  })
  find(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.incidents.details(principal, id);
  }
}
