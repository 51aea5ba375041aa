import { Injectable } from '@nestjs/common';
import { type ConnectionSearch, Count, Instant, SocketId } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READ } from '../database/data-source.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { pastInstant, refuseNoRange } from './asked-instants.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { type HostNamespace, readTold } from '../verdicts/told.queries.ts';
import { connectionItem } from './connection-item.ts';
import { type SearchQuery } from './search-query.ts';
import { type FoundRow, searchConnections, type SearchedTime, searchedHosts } from './search.queries.ts';

const Place = z.tuple([Instant, Count, SocketId]);

@Injectable()
export class SearchService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Connections of all hosts that the principal may see, the newest first; those that are open now, unless an instant or
   * a range is given. Throws ApiError 400.
   */
  async search(principal: Principal, query: SearchQuery): Promise<ConnectionSearch> {
    const after = decodeCursor(query.cursor, Place);
    const now = this.clock.now();
    const time = searchedTime(query, now);
    const sql = this.dataSource.manager;
    const all = await searchedHosts(sql, query.host);
    const seen = new Map(all.filter((host) => canSee(principal, host)).map((host) => [host.hostId, host]));
    if (seen.size === 0) return { items: [], nextCursor: null };
    const everyHost = query.host === undefined && seen.size === all.length;
    const found = await searchConnections(sql, {
      peer: query.peer,
      local: query.local,
      terms: searchedTerms(query),
      hostIds: everyHost ? undefined : [...seen.keys()],
      ...time,
      after,
      limit: query.limit + 1,
    });
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const agesAt = query.at === undefined ? now : Date.parse(query.at);
    const judgeOf = await this.judges(query.at === undefined ? shown : [], now);
    return {
      items: shown.flatMap(({ hostId, netns, connection }) => {
        const host = seen.get(hostId);
        if (host === undefined) return [];
        const { endedAt } = connection;
        // Of one that has ended: how old it became.
        const at = endedAt === undefined ? agesAt : Math.min(agesAt, Date.parse(endedAt));
        const judge = judgeOf(endedAt === undefined ? { hostId, netns } : undefined);
        return [{ ...connectionItem(connection, at, judge), host: { id: host.id, hostname: host.hostname }, netns }];
      }),
      nextCursor:
        found.length > query.limit && last !== undefined
          ? encodeCursor([last.connection.openedBefore, last.hostId, last.connection.socketId])
          : null,
    };
  }

  /** Who judges the connections of a namespace that are open now; without a namespace, those of the past. */
  private async judges(
    found: readonly FoundRow[],
    now: number,
  ): Promise<(namespace: HostNamespace | undefined) => ConnectionJudge> {
    const open = found.filter(({ connection }) => connection.endedAt === undefined);
    const namespaces = new Map(open.map(({ hostId, netns }) => [nameOf({ hostId, netns }), { hostId, netns }]));
    const ofPast = new ConnectionJudge(NOTHING_TOLD);
    if (namespaces.size === 0) return () => ofPast;
    const told = await readTold(this.dataSource.manager, [...namespaces.values()], now);
    const judges = new Map([...namespaces].map(([name, one]) => [name, new ConnectionJudge(told(one))]));
    return (namespace) => (namespace === undefined ? undefined : judges.get(nameOf(namespace))) ?? ofPast;
  }
}

function nameOf({ hostId, netns }: HostNamespace): string {
  return `${hostId} ${netns}`;
}

function searchedTime({ at, from, to, open }: SearchQuery, now: number): SearchedTime {
  const onlyOpen = open === 'true';
  if (at !== undefined) {
    const instant = pastInstant('at', at, now);
    return { begunBy: instant, standingAt: onlyOpen ? null : instant };
  }
  if (from === undefined) return { begunBy: null, standingAt: null };
  const begin = pastInstant('from', from, now);
  const end = to === undefined ? Math.max(now, begin) : pastInstant('to', to, now);
  refuseNoRange(['from', begin], ['to', end]);
  return { begunBy: end, standingAt: onlyOpen ? null : begin };
}

/** As function connection_terms writes them (migration LifetimeSearch). */
function searchedTerms({ port, peerPort, localPort, process }: SearchQuery): string[][] {
  return [
    ...(port === undefined ? [] : [[`local:${port}`, `peer:${port}`]]),
    ...(peerPort === undefined ? [] : [[`peer:${peerPort}`]]),
    ...(localPort === undefined ? [] : [[`local:${localPort}`]]),
    ...(process === undefined ? [] : [['name', 'pid', 'unit', 'container'].map((kind) => `${kind}:${process}`)]),
  ];
}
