import { Module } from '@nestjs/common';
import { DetectionModule } from '../detection/detection.module.ts';
import { HostsModule } from '../hosts/hosts.module.ts';
import { ConnectionsController } from './connections.controller.ts';
import { ConnectionsService } from './connections.service.ts';
import { DiffService } from './diff.service.ts';
import { GroupsService } from './groups.service.ts';
import { TwoEndsModule } from '../two-ends/two-ends.module.ts';
import { OneConnectionService } from './one-connection.service.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { SurvivalService } from './survival.service.ts';

@Module({
  imports: [HostsModule, TwoEndsModule, DetectionModule],
  controllers: [ConnectionsController, SearchController],
  providers: [ConnectionsService, DiffService, GroupsService, OneConnectionService, SearchService, SurvivalService],
})
export class ConnectionsModule {}
