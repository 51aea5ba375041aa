import { Module } from '@nestjs/common';
import { SamplesModule } from '../samples/samples.module.ts';
import { SectionsModule } from '../sections/sections.module.ts';
import { PortHistoryService } from './port-history.service.ts';
import { PortsController } from './ports.controller.ts';

@Module({ imports: [SectionsModule, SamplesModule], controllers: [PortsController], providers: [PortHistoryService] })
export class PortsModule {}
