import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.ts';
import { NamespaceRetention } from './namespace-retention.ts';
import { NamespacesController } from './namespaces.controller.ts';
import { NamespacesService } from './namespaces.service.ts';

@Module({
  imports: [HostsModule],
  controllers: [NamespacesController],
  providers: [NamespacesService, NamespaceRetention],
})
export class NamespacesModule {}
