import { Module } from '@nestjs/common';
import { FleetController } from './fleet.controller.ts';
import { FleetService } from './fleet.service.ts';

@Module({ controllers: [FleetController], providers: [FleetService] })
export class FleetModule {}
