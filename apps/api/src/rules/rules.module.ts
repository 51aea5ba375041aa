import { Module } from '@nestjs/common';
import { RulesService } from './rules.service.ts';

/** What counts as a leak, and what nobody wants to hear of: as it ships, or as a file says. */
@Module({ providers: [RulesService], exports: [RulesService] })
export class RulesModule {}
