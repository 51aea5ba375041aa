import { Module } from '@nestjs/common';
import { CommitFeed } from './commit-feed.ts';
import { DemonstrationMark } from './demonstration-mark.ts';
import { IngestService } from './ingest.service.ts';
import { SnapshotWriter } from './snapshot-writer.ts';
import { SnapshotsController } from './snapshots.controller.ts';
import { TextIngestController } from './text-ingest.controller.ts';
import { TextIngestService } from './text-ingest.service.ts';
import { WriteConnections } from './write-connections.ts';

/** Agents in. */
@Module({
  controllers: [SnapshotsController, TextIngestController],
  providers: [CommitFeed, DemonstrationMark, IngestService, SnapshotWriter, TextIngestService, WriteConnections],
  exports: [CommitFeed, IngestService],
})
export class IngestModule {}
