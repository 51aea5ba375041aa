import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { SampleHistoryService } from './sample-history.service.ts';

@Module({ imports: [HostsModule], providers: [SampleHistoryService], exports: [SampleHistoryService] })
export class SamplesModule {}
