import { Module } from '@nestjs/common';
import { IncidentActionsController } from './incident-actions.controller.ts';
import { IncidentActionsService } from './incident-actions.service.ts';
import { IncidentReportController } from './report/incident-report.controller.ts';
import { IncidentRetention } from './incident-retention.ts';
import { IncidentsController } from './incidents.controller.ts';
import { IncidentsFeed } from './incidents-feed.ts';
import { IncidentsService } from './incidents.service.ts';

/** What was found wrong, what happened to it since, and what people say of it. */
@Module({
  controllers: [IncidentsController, IncidentActionsController, IncidentReportController],
  providers: [IncidentActionsService, IncidentRetention, IncidentsFeed, IncidentsService],
  exports: [IncidentsFeed, IncidentsService],
})
export class IncidentsModule {}
