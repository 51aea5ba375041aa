import { Module } from '@nestjs/common';
import { DetectionHealth } from './detection-health.ts';
import { LeakFigures } from './leak-figures.ts';

/** Between detection, which tells, and metrics, which read. */
@Module({ providers: [DetectionHealth, LeakFigures], exports: [DetectionHealth, LeakFigures] })
export class LeakFiguresModule {}
