import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiCookieAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../../openapi/api-answers.decorator.ts';
import { answerSchema } from '../../openapi/named-schemas.ts';
import { Allow } from '../../rights/allow.decorator.ts';
import { type Principal } from '../../rights/principal.ts';
import { CurrentPrincipal } from '../../rights/principal.decorator.ts';
import { Clock, isoInstant } from '../../time/clock.ts';
import { IncidentPath } from '../incident-query.ts';
import { IncidentsService } from '../incidents.service.ts';
import { IncidentReportSchema, ReportQuery, writeReport } from './incident-report.ts';

@ApiTags('incidents')
@ApiCookieAuth()
@Controller('api/v1/incidents')
export class IncidentReportController {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly clock: Clock,
  ) {}

  @Get(':id/report')
  @Allow('person', 'script')
  @ApiOperation({
    summary: 'The post-mortem of an incident, as a file: Markdown, all of it as JSON, its timeline as CSV',
  })
  @ApiResponse({
    status: 200,
    description: 'OK',
    content: {
      'application/json': { schema: answerSchema(IncidentReportSchema) },
      'text/markdown': { schema: { type: 'string' } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiErrors([400, 401, 404])
  async report(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Query({ schema: ReportQuery }) query: ReportQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StreamableFile> {
    const writtenAt = isoInstant(this.clock.now());
    const { text, type, extension } = writeReport(await this.incidents.details(principal, id), query, writtenAt);
    const name = `closewatch-incident-${id.slice(0, 8)}-${writtenAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z.${extension}`;
    return new StreamableFile(Buffer.from(text), { type, disposition: `attachment; filename="${name}"` });
  }
}
