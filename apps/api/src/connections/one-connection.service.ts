import { Injectable } from '@nestjs/common';
import { type ConnectionDetails } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { ApiError } from '../errors/api-error.ts';
import { HostLeaksService } from '../detection/host-leaks.service.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { leakOfConnection } from '../leaks/leak-of-connection.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { TwoEndsService } from '../two-ends/two-ends.service.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { readToldOf } from '../verdicts/told.queries.ts';
import { connectionItem } from './connection-item.ts';
import { findConnection } from './one-connection.queries.ts';
import { socketCommands } from './socket-commands.ts';

@Injectable()
export class OneConnectionService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly twoEnds: TwoEndsService,
    private readonly leaks: HostLeaksService,
    private readonly clock: Clock,
  ) {}

  /** A connection and what is known around it: its other end, its leak, how to look at it. Throws ApiError 404. */
  async read(principal: Principal, id: string, socketId: string): Promise<ConnectionDetails> {
    const sql = this.dataSource.manager;
    const { hostId, host } = await this.hosts.find(principal, id);
    const found = await findConnection(sql, hostId, socketId);
    if (found === undefined) {
      throw ApiError.notFound(`Host ${host.hostname} has no connection ${socketId}, or it is past retention.`);
    }
    const { netns, netnsName, connection } = found;
    const now = this.clock.now();
    const { endedAt } = connection;
    const isOpen = endedAt === undefined;
    const judge = new ConnectionJudge(isOpen ? await readToldOf(sql, { hostId, netns }, now) : NOTHING_TOLD);
    const mayTell = (other: Parameters<typeof canSee>[1]): boolean => canSee(principal, other);
    const ends = isOpen
      ? await this.twoEnds.read(sql, { hostId, netns, connections: [connection], now, mayTell })
      : undefined;
    const known = ends?.get(socketId);
    const leaks = isOpen ? (await this.leaks.read({ hostId }, netns)).items : [];
    const leak = leakOfConnection(connection, netns, leaks);
    return {
      host: { id: host.id, hostname: host.hostname },
      netns,
      connection: connectionItem(connection, isOpen ? now : Date.parse(endedAt), judge),
      peerEnd: known?.peerEnd ?? null,
      oldTuple: known?.oldTuple ?? null,
      leak: leak ?? null,
      commands: isOpen ? socketCommands(connection, { netns, name: netnsName }) : [],
    };
  }
}
