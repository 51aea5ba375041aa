import { Module } from '@nestjs/common';
import { CommitFeed } from './commit-feed.ts';
import { IngestService } from './ingest.service.ts';
import { SnapshotWriter } from './snapshot-writer.ts';
import { SnapshotsController } from './snapshots.controller.ts';

/** Agents in. */
@Module({
  controllers: [SnapshotsController],
  providers: [CommitFeed, IngestService, SnapshotWriter],
  exports: [CommitFeed],
})
export class IngestModule {}
