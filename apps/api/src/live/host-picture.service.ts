import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { connectionItem } from '../connections/connection-item.ts';
import { openConnections } from '../connections/connections.queries.ts';
import { findHost } from '../hosts/hosts.queries.ts';
import { Clock } from '../time/clock.ts';
import { hostFrame, type HostFrame } from './host-frame.ts';

/** As many connections as one page shows; a host with more is beyond reading one by one. */
const CONNECTIONS = 20_000;

/** Reads hosts as live watchers are shown them. */
@Injectable()
export class HostPictureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The host and its connections of one and the same moment; undefined when there is no such host. */
  read(id: string): Promise<HostFrame | undefined> {
    return this.dataSource.transaction('REPEATABLE READ', async (sql) => {
      const now = this.clock.now();
      const found = await findHost(sql, id, now);
      if (found === undefined) return undefined;
      const { hostId, cursor, host } = found;
      const connections = await openConnections(sql, { hostId, netns: 0, after: undefined, limit: CONNECTIONS });
      return hostFrame(
        cursor,
        host,
        connections.map((connection) => connectionItem(connection, now)),
      );
    });
  }
}
