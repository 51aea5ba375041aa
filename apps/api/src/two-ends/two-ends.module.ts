import { Module } from '@nestjs/common';
import { TwoEndsService } from './two-ends.service.ts';

@Module({ providers: [TwoEndsService], exports: [TwoEndsService] })
export class TwoEndsModule {}
