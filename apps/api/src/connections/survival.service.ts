import { Injectable } from '@nestjs/common';
import { type ConnectionGrouping, type ConnectionSurvival } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { pastInstant, refuseNoRange } from './asked-instants.ts';
import { groupSubject } from './group-subjects.ts';
import { type CohortPart, cohortParts } from './survival.queries.ts';

export interface SurvivalRequest {
  readonly from: string;
  readonly to: string;
  readonly until?: string | undefined;
  readonly points: number;
  readonly netns: number;
  readonly groupBy?: ConnectionGrouping | undefined;
  readonly groups: number;
}

type Survivors = Pick<ConnectionSurvival, 'entered' | 'remaining' | 'medianLifetimeSeconds'>;

@Injectable()
export class SurvivalService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** How many of those that entered CLOSE_WAIT in a range of time were still there, step by step. Throws ApiError 400, 404. */
  async read(principal: Principal, id: string, request: SurvivalRequest): Promise<ConnectionSurvival> {
    const now = this.clock.now();
    const from = pastInstant('from', request.from, now);
    const to = pastInstant('to', request.to, now);
    const until = request.until === undefined ? Math.max(now, to) : pastInstant('until', request.until, now);
    refuseNoRange(['from', from], ['to', to]);
    refuseNoRange(['to', to], ['until', until]);
    const { hostId } = await this.hosts.find(principal, id);
    const { netns, groupBy, groups } = request;
    const t = survivalSteps(to, until, request.points);
    const parts = await cohortParts(this.dataSource.manager, { hostId, netns, from, to, steps: t, groupBy, groups });
    const others = parts.find(({ rank }) => rank === 0);
    return {
      from: isoInstant(from),
      to: isoInstant(to),
      until: isoInstant(until),
      t,
      ...survivors(
        parts.find(({ rank }) => rank === null),
        t.length,
      ),
      groupBy: groupBy ?? null,
      groups: parts.flatMap((part) =>
        part.subject === null ? [] : [{ subject: groupSubject(part.subject, part), ...survivors(part, t.length) }],
      ),
      others: others === undefined ? null : survivors(others, t.length),
    };
  }
}

/** At most `points` instants from `to` to `until`, both among them, evenly apart; whole milliseconds, none twice. */
export function survivalSteps(to: number, until: number, points: number): number[] {
  const gaps = Math.min(points - 1, until - to);
  if (gaps <= 0) return [until];
  return Array.from({ length: gaps + 1 }, (_, step) => to + Math.round((step * (until - to)) / gaps));
}

/** From how many ended after how many steps: how many stood at each. */
function survivors(part: CohortPart | undefined, steps: number): Survivors {
  const { entered = 0, medianLifetime = null, ends = [] } = part ?? {};
  const endedAfter = new Map(ends);
  let standing = entered;
  const remaining = Array.from({ length: steps }, (_, step) => (standing -= endedAfter.get(step) ?? 0));
  return { entered, remaining, medianLifetimeSeconds: medianLifetime };
}
