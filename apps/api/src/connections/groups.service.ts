import { Injectable } from '@nestjs/common';
import { type ConnectionGrouping, type ConnectionGroups, Count } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { readToldOf } from '../verdicts/told.queries.ts';
import { readGroupClasses } from './group-classes.queries.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { pastInstant } from './asked-instants.ts';
import { StoredSubject } from './group-subjects.ts';
import { listGroups } from './groups.queries.ts';

/** A subject as JSON; written anew, for Postgres reads numbers and repeated names that we do not. */
const SubjectText = z.string().transform((text) => JSON.stringify(StoredSubject.parse(JSON.parse(text))));
/** How many the last group of the page has, and what it is told apart by. */
const Place = z.tuple([Count, SubjectText]);

export interface GroupsRequest {
  readonly by: ConnectionGrouping;
  readonly at?: string | undefined;
  readonly netns: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

@Injectable()
export class GroupsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** A host's CLOSE_WAIT connections in groups, now or at an instant, the largest first. Throws ApiError 400, 404. */
  async list(principal: Principal, id: string, request: GroupsRequest): Promise<ConnectionGroups> {
    const after = decodeCursor(request.cursor, Place);
    const now = this.clock.now();
    const at = request.at === undefined ? 'now' : pastInstant('at', request.at, now);
    const { hostId } = await this.hosts.find(principal, id);
    const { by, netns, limit } = request;
    const sql = this.dataSource.manager;
    const found = await listGroups(sql, { hostId, netns, by, at, now, after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const subjects = shown.map(({ place }) => place[1]);
    const classes = await readGroupClasses(sql, { hostId, netns, by, at, now, subjects });
    const judge = new ConnectionJudge(at === 'now' ? await readToldOf(sql, { hostId, netns }, now) : NOTHING_TOLD);
    return {
      items: shown.map(({ group, place }) => ({
        ...group,
        verdict: judge.judgeGroup(classes.get(place[1]) ?? [], at === 'now' ? now : at),
      })),
      nextCursor: found.length > limit && last !== undefined ? encodeCursor(last.place) : null,
    };
  }
}
