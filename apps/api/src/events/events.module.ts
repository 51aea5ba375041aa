import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { EventsController } from './events.controller.ts';
import { EventsService } from './events.service.ts';

@Module({ imports: [HostsModule], controllers: [EventsController], providers: [EventsService] })
export class EventsModule {}
