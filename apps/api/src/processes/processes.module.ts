import { Module } from '@nestjs/common';
import { SamplesModule } from '../samples/samples.module.ts';
import { SectionsModule } from '../sections/sections.module.ts';
import { ProcessHistoryService } from './process-history.service.ts';
import { ProcessesController } from './processes.controller.ts';

@Module({
  imports: [SectionsModule, SamplesModule],
  controllers: [ProcessesController],
  providers: [ProcessHistoryService],
})
export class ProcessesModule {}
