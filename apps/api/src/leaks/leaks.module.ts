import { Module } from '@nestjs/common';
import { DetectionModule } from '../detection/detection.module.ts';
import { HostsModule } from '../hosts/hosts.module.ts';
import { LeaksController } from './leaks.controller.ts';

/** Leaks as people read them. */
@Module({ imports: [HostsModule, DetectionModule], controllers: [LeaksController] })
export class LeaksModule {}
