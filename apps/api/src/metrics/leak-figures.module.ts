import { Module } from '@nestjs/common';
import { LeakFigures } from './leak-figures.ts';

/** Between detection, which tells, and metrics, which read. */
@Module({ providers: [LeakFigures], exports: [LeakFigures] })
export class LeakFiguresModule {}
