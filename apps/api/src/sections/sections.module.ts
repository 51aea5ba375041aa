import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { HostDetailsService } from './host-details.service.ts';

@Module({ imports: [HostsModule], providers: [HostDetailsService], exports: [HostDetailsService] })
export class SectionsModule {}
