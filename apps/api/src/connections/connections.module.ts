import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsService } from './connections.service.ts';
import { DiffService } from './diff.service.ts';
import { GroupsService } from './groups.service.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { SurvivalService } from './survival.service.ts';

@Module({
  imports: [HostsModule],
  controllers: [ConnectionsController, SearchController],
  providers: [ConnectionsService, DiffService, GroupsService, SearchService, SurvivalService],
})
export class ConnectionsModule {}
