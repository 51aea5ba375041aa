import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ConnectionItem } from '@closewatch/protocol';
import { type Reason } from '@closewatch/socket-states';
import { connectionItem } from '../connections/connection-item.ts';
import { openConnections } from '../connections/connections.queries.ts';
import { findHost } from '../hosts/hosts.queries.ts';
import { presentNamespaces } from '../namespaces/host-namespaces.ts';
import { hasNamespace } from '../namespaces/namespaces.queries.ts';
import { findSections } from '../sections/sections.queries.ts';
import { Clock } from '../time/clock.ts';
import { ConnectionJudge } from '../verdicts/connection-judge.ts';
import { readToldOf } from '../verdicts/told.queries.ts';
import { hostFrame, type HostFrame } from './host-frame.ts';

/** As many connections as one page shows; a host with more is beyond reading one by one. */
const CONNECTIONS = 20_000;

/** A verdict without what it rests on, which would be most of what a picture of thousands of connections weighs. */
function briefly(item: ConnectionItem): ConnectionItem {
  const { verdict } = item;
  return verdict === null ? item : { ...item, verdict: { ...verdict, for: NONE, against: NONE, missing: NONE } };
}
const NONE: readonly Reason[] = [];

/** Reads hosts as live watchers are shown them. */
@Injectable()
export class HostPictureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * The host, and one of its namespaces, of one and the same moment; undefined when there is no such host or namespace.
   * `before` spares reading sections again that are as they were.
   */
  read(id: string, netns: number, before?: HostFrame): Promise<HostFrame | undefined> {
    return this.dataSource.transaction('REPEATABLE READ', async (sql) => {
      const now = this.clock.now();
      const found = await findHost(sql, id, now);
      if (found === undefined || !(await hasNamespace(sql, found.hostId, netns))) return undefined;
      const { hostId, cursor, host } = found;
      const connections = await openConnections(sql, { hostId, netns, after: undefined, limit: CONNECTIONS });
      const judge = new ConnectionJudge(await readToldOf(sql, { hostId, netns }, now));
      return hostFrame({
        cursor,
        hostId,
        netns,
        host,
        connections: connections.map((connection) => briefly(connectionItem(connection, now, judge))),
        sections: await findSections(sql, { hostId, netns }, before?.sections),
        namespaces: await presentNamespaces(sql, found),
      });
    });
  }
}
