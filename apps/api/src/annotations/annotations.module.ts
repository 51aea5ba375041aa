import { Module } from '@nestjs/common';
import { AnnotationsController } from './annotations.controller.ts';
import { AnnotationsService } from './annotations.service.ts';

@Module({ controllers: [AnnotationsController], providers: [AnnotationsService] })
export class AnnotationsModule {}
