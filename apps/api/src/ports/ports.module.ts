import { Module } from '@nestjs/common';
import { SectionsModule } from '../sections/sections.module.ts';
import { PortsController } from './ports.controller.ts';

@Module({ imports: [SectionsModule], controllers: [PortsController] })
export class PortsModule {}
