import { Module } from '@nestjs/common';
import { RulesModule } from '../rules/rules.module.ts';
import { HostLeaksService } from './host-leaks.service.ts';

/** Who leaks, asked of one host. */
@Module({ imports: [RulesModule], providers: [HostLeaksService], exports: [HostLeaksService] })
export class DetectionModule {}
