import { Injectable } from '@nestjs/common';
import { type Push, PROTOCOL_VERSION, type Snapshot, TEXT_LIMITS, type TextIngestAnswer } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { openConnections } from '../connections/connections.queries.ts';
import { ApiError } from '../errors/api-error.ts';
import { KeptDays } from '../retention/kept-days.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { IngestService } from './ingest.service.ts';
import { lastTexts } from './last-texts.ts';
import { OnePerKey } from './one-per-key.ts';
import { type TextBody } from './text-body.ts';
import { textConnections } from './text-connections.ts';
import { textHost, type TextHost } from './text-host.ts';
import { textInterval } from './text-interval.ts';
import { textMissing } from './text-missing.ts';
import { findTextHost } from './text-pushes.queries.ts';

/** Two texts of one host in one millisecond are two snapshots. */
const TRIES = 5;
/** Bytes that a connection takes on its way to the database, about. */
const CONNECTION_BYTES = 500;

/** Makes of a text what an agent would have pushed, and hands it to the very same writer. */
@Injectable()
export class TextIngestService {
  private readonly turns = new OnePerKey();

  constructor(
    private readonly ingest: IngestService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
  ) {}

  /**
   * Stores a text under the name of its host. Texts of one host are taken one after the other: what is open decides which
   * sockets are new. Throws {@link ApiError}: 400 when the database refuses it, 503.
   */
  take(hostname: string, body: TextBody): Promise<TextIngestAnswer> {
    const host = textHost(hostname);
    return this.turns.run(host.agentId, async () => {
      for (let tried = 0; tried < TRIES; tried++) {
        const answer = await this.store(host, hostname, body, this.clock.now() + tried);
        if (answer !== undefined) return answer;
      }
      throw ApiError.unavailable('Other texts of this host came in the same millisecond.');
    });
  }

  /** Undefined when another snapshot of this instant is there already. */
  private async store(
    host: TextHost,
    hostname: string,
    { text, bytes }: TextBody,
    takenAt: number,
  ): Promise<TextIngestAnswer | undefined> {
    const sql = this.dataSource.manager;
    const hostId = await findTextHost(sql, host.agentId);
    const earlier = hostId === undefined ? [] : await lastTexts(sql, hostId, takenAt - this.kept.ofMs('snapshots'));
    const limit = 2 * TEXT_LIMITS.connections;
    const open = hostId === undefined ? [] : await openConnections(sql, { hostId, netns: 0, after: undefined, limit });
    const missing = textMissing(text);
    const snapshot: Snapshot = {
      seq: (earlier[0]?.seq ?? -1) + 1,
      takenAt: isoInstant(takenAt),
      intervalMs: textInterval(
        takenAt,
        earlier.map((snapshot) => snapshot.takenAt),
      ),
      netns: 0,
      counts: text.counts,
      connections: textConnections({ hostId: host.agentId, text, takenAt, open }),
      complete: text.complete,
    };
    const push = {
      header: headerOf(host, hostname, text.tool, missing),
      items: [{ index: 0, snapshot, standsAt: takenAt }],
    };
    const weight = Math.max(bytes, snapshot.connections.length * CONNECTION_BYTES);
    const { accepted, rejected } = await this.ingest.take(push, Math.min(weight, TEXT_LIMITS.bodyBytes));
    const [refused] = rejected;
    if (refused !== undefined) throw ApiError.badRequest('The text cannot be stored.', refused.issues);
    if (accepted === 0) return undefined;
    const count = text.closeWait.length + text.cut.length + text.unlisted;
    return {
      host: { id: host.agentId, hostname },
      tool: text.tool,
      takenAt: snapshot.takenAt,
      intervalMs: snapshot.intervalMs,
      lines: text.lines,
      sockets: text.sockets,
      counts: text.counts,
      closeWait: { count, listed: text.closeWait.length, cut: text.cut.length, unlisted: text.unlisted },
      skipped: [...text.skipped],
      missing,
    };
  }
}

/** What there is not is said to be none, and not made up. */
function headerOf(host: TextHost, hostname: string, source: string, missing: string[]): Omit<Push, 'snapshots'> {
  return {
    protocol: PROTOCOL_VERSION,
    ...host,
    agent: {
      version: 'no agent',
      hostname,
      machineId: '',
      kernel: 'not told',
      source,
      capabilities: [],
      missing,
      clockOffsetMs: 0,
    },
  };
}
