import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { IngestModule } from '../ingest/ingest.module.ts';
import { FleetStream } from './fleet-stream.ts';
import { HostPictureService } from './host-picture.service.ts';
import { HostStreams } from './host-streams.ts';
import { LiveGateway } from './live.gateway.ts';
import { SessionWatch } from './session-watch.ts';

/** Browsers out, live. */
@Module({
  imports: [AccountsModule, IngestModule],
  providers: [FleetStream, HostPictureService, HostStreams, LiveGateway, SessionWatch],
})
export class LiveModule {}
