import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { HISTORY_LIMITS, Instant, type StateSeries, StateSeriesSchema } from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { statesCsv } from './history-csv.ts';
import { HistoryService } from './history.service.ts';

const noPoints = `must be a whole number from 1 to ${HISTORY_LIMITS.points.toLocaleString('en')}`;

const StatesQuery = z.object({
  from: Instant.optional(),
  to: Instant.optional(),
  points: z.coerce
    .number({ error: noPoints })
    .int({ error: noPoints })
    .min(1, { error: noPoints })
    .max(HISTORY_LIMITS.points, { error: noPoints })
    .default(300),
  netns: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
});

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get(':id/states')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: StateSeriesSchema,
    csv: statesCsv,
    summary: 'Sockets in each state over time',
    errors: [400, 401, 404],
  })
  states(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: StatesQuery }) query: z.infer<typeof StatesQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StateSeries> {
    return this.history.states(principal, id, query);
  }
}
