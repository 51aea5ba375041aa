import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsService } from './connections.service.ts';

@Module({ imports: [HostsModule], controllers: [ConnectionsController], providers: [ConnectionsService] })
export class ConnectionsModule {}
