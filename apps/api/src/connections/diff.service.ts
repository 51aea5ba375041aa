import { Injectable } from '@nestjs/common';
import { type ConnectionChange, type ConnectionDiff, Count, Instant, SocketId } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { pastInstant, refuseNoRange } from './asked-instants.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { readToldOf } from '../verdicts/told.queries.ts';
import { connectionItem } from './connection-item.ts';
import { type Change, countChanges, listChanges } from './diff.queries.ts';

/** When the last one of the page changed, which it is, and the three numbers, which are counted once. */
const Place = z.tuple([Instant, SocketId, Count, Count, Count]);

export interface DiffRequest {
  readonly a: string;
  readonly b?: string | undefined;
  readonly netns: number;
  readonly change?: ConnectionChange | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

@Injectable()
export class DiffService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** What changed among a host's connections from a to b, now unless said. Throws ApiError 400, 404. */
  async read(principal: Principal, id: string, request: DiffRequest): Promise<ConnectionDiff> {
    const place = decodeCursor(request.cursor, Place);
    const now = this.clock.now();
    const a = pastInstant('a', request.a, now);
    const b = request.b === undefined ? Math.max(now, a) : pastInstant('b', request.b, now);
    refuseNoRange(['a', a], ['b', b]);
    const { hostId } = await this.hosts.find(principal, id);
    const instants = { hostId, netns: request.netns, a, b };
    const sql = this.dataSource.manager;
    const after = place === undefined ? undefined : ([place[0], place[1]] as const);
    const counts =
      place === undefined
        ? await countChanges(sql, instants)
        : { appeared: place[2], vanished: place[3], stayed: place[4] };
    const found = await listChanges(sql, { ...instants, change: request.change, after, limit: request.limit + 1 });
    const shown = found.slice(0, request.limit);
    const last = shown.at(-1);
    const told = request.b === undefined ? await readToldOf(sql, { hostId, netns: request.netns }, now) : NOTHING_TOLD;
    const [judge, judgeOfPast] = [new ConnectionJudge(told), new ConnectionJudge(NOTHING_TOLD)];
    const { appeared, vanished, stayed } = counts;
    return {
      a: isoInstant(a),
      b: isoInstant(b),
      ...counts,
      items: shown.map((change) => ({
        ...(change.change === 'vanished'
          ? connectionItem(change.connection, changedAt(change), judgeOfPast)
          : connectionItem(change.connection, b, judge)),
        change: change.change,
      })),
      nextCursor:
        found.length > request.limit && last !== undefined
          ? encodeCursor([isoInstant(changedAt(last)), last.connection.socketId, appeared, vanished, stayed])
          : null,
    };
  }
}

function changedAt({ change, connection }: Change): number {
  return Date.parse(change === 'vanished' ? (connection.endedAt ?? '') : connection.openedBefore);
}
