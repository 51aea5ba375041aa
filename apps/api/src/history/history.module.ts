import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { HistoryController } from './history.controller.ts';
import { HistoryService } from './history.service.ts';

@Module({ imports: [HostsModule], controllers: [HistoryController], providers: [HistoryService] })
export class HistoryModule {}
