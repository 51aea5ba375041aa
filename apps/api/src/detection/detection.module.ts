import { Module } from '@nestjs/common';
import { RulesModule } from '../rules/rules.module.ts';
import { HostLeaksService } from './host-leaks.service.ts';

/** Numbers become answers: who leaks, what runs out, who is silent. */
@Module({ imports: [RulesModule], providers: [HostLeaksService], exports: [HostLeaksService] })
export class DetectionModule {}
