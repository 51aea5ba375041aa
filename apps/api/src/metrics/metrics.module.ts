import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { IngestModule } from '../ingest/ingest.module.ts';
import { RulesModule } from '../rules/rules.module.ts';
import { LeakFiguresModule } from './leak-figures.module.ts';
import { MetricsController } from './metrics.controller.ts';
import { MetricsService } from './metrics.service.ts';
import { OwnHealth } from './own-health.ts';

/** Numbers for Prometheus and whatever reads its format. */
@Module({
  imports: [AccountsModule, IngestModule, RulesModule, LeakFiguresModule],
  controllers: [MetricsController],
  providers: [MetricsService, OwnHealth],
})
export class MetricsModule {}
