import { Injectable } from '@nestjs/common';
import { type ConnectionItem, Instant, type Page, SocketId } from '@closewatch/protocol';
import { parseTcpState } from '@closewatch/socket-states';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { readToldOf } from '../verdicts/told.queries.ts';
import { connectionItem } from './connection-item.ts';
import { connectionsAt, openConnections } from './connections.queries.ts';

const Place = z.tuple([Instant, SocketId]);

export interface ConnectionsRequest {
  readonly state: string;
  readonly at?: string | undefined;
  readonly netns: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

@Injectable()
export class ConnectionsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** CLOSE_WAIT connections of a host, now or at an instant, the oldest first. Throws {@link ApiError} 400, 404. */
  async list(principal: Principal, id: string, request: ConnectionsRequest): Promise<Page<ConnectionItem>> {
    if (parseTcpState(request.state) !== 'close_wait') {
      const message = 'must be close_wait: only those connections are kept one by one';
      throw ApiError.badRequest('There is no list for this state.', [{ path: 'state', message }]);
    }
    const after = decodeCursor(request.cursor, Place);
    const { hostId } = await this.hosts.find(principal, id);
    const page = { hostId, netns: request.netns, after, limit: request.limit + 1 };
    const at = request.at === undefined ? this.clock.now() : Date.parse(request.at);
    const sql = this.dataSource.manager;
    const found = request.at === undefined ? await openConnections(sql, page) : await connectionsAt(sql, page, at);
    // Of an earlier instant no evidence is kept but the connections' own.
    const told = request.at === undefined ? await readToldOf(sql, { hostId, netns: request.netns }, at) : NOTHING_TOLD;
    const judge = new ConnectionJudge(told);
    const shown = found.slice(0, request.limit);
    const last = shown.at(-1);
    const nextCursor =
      found.length > request.limit && last !== undefined ? encodeCursor([last.openedBefore, last.socketId]) : null;
    return { items: shown.map((connection) => connectionItem(connection, at, judge)), nextCursor };
  }
}
