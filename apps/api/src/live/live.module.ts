import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { DetectionModule } from '../detection/detection.module.ts';
import { IncidentsModule } from '../incidents/incidents.module.ts';
import { IngestModule } from '../ingest/ingest.module.ts';
import { FleetStream } from './fleet-stream.ts';
import { HostPictureService } from './host-picture.service.ts';
import { HostStreams } from './host-streams.ts';
import { IncidentStream } from './incident-stream.ts';
import { LiveGateway } from './live.gateway.ts';
import { SessionWatch } from './session-watch.ts';

/** Browsers out, live. */
@Module({
  imports: [AccountsModule, IncidentsModule, IngestModule, DetectionModule],
  providers: [FleetStream, HostPictureService, HostStreams, IncidentStream, LiveGateway, SessionWatch],
})
export class LiveModule {}
