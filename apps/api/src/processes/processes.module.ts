import { Module } from '@nestjs/common';
import { SectionsModule } from '../sections/sections.module.ts';
import { ProcessesController } from './processes.controller.ts';

@Module({ imports: [SectionsModule], controllers: [ProcessesController] })
export class ProcessesModule {}
