import { Module } from '@nestjs/common';
import { IncidentsFeed } from './incidents-feed.ts';

/** What was found wrong, what happened to it since, and what people say of it. */
@Module({ providers: [IncidentsFeed], exports: [IncidentsFeed] })
export class IncidentsModule {}
