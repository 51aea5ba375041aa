import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Incident, type IncidentDetails, Instant, type Page, Uuid } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { pastInstant, refuseNoRange } from '../connections/asked-instants.ts';
import { searchedHosts } from '../connections/search.queries.ts';
import { READ } from '../database/data-source.ts';
import { ApiError } from '../errors/api-error.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { incidentChanges } from './incident-changes.ts';
import { type IncidentQuery } from './incident-query.ts';
import { type FoundIncident } from './incident-rows.ts';
import { incidentEvents, incidentEvidence } from './incident-timeline.queries.ts';
import { findIncidents, listIncidents, similarIncidents } from './incidents.queries.ts';
import { toldEvidence } from './told-evidence.ts';

const SIMILAR = 5;
const Place = z.tuple([Instant, Uuid]);

/** What people read of incidents. */
@Injectable()
export class IncidentsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A page of the incidents that the principal may know of, the newest first. Throws {@link ApiError} 400. */
  async list(principal: Principal, query: IncidentQuery): Promise<Page<Incident>> {
    const after = decodeCursor(query.cursor, Place);
    const { from, to } = this.range(query);
    const hostIds = await this.hostIdsFor(principal, query.host);
    if (hostIds?.length === 0) return { items: [], nextCursor: null };
    const { state, rule, severity, service, limit } = query;
    const found = await listIncidents(this.dataSource.manager, {
      ...{ state, rule, severity, service, hostIds, from, to, after },
      limit: limit + 1,
    });
    const items = found.slice(0, limit).map(({ incident }) => incident);
    const last = items.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? encodeCursor([last.openedAt, last.id]) : null;
    return { items, nextCursor };
  }

  /** Throws {@link ApiError} 404 for an incident that is not there, or not for the principal to know of. */
  async find(principal: Principal, id: string): Promise<FoundIncident> {
    const [found] = await findIncidents(this.dataSource.manager, [id]);
    if (found === undefined || !canSee(principal, { id: found.incident.hostId, labels: found.labels })) {
      throw ApiError.notFound(`There is no incident ${id}.`);
    }
    return found;
  }

  /** An incident with all that is known of it. Throws {@link ApiError} 404. */
  async details(principal: Principal, id: string): Promise<IncidentDetails> {
    const { hostId, incident } = await this.find(principal, id);
    const sql = this.dataSource.manager;
    const [events, evidence, changes, hosts] = await Promise.all([
      incidentEvents(sql, hostId, id),
      incidentEvidence(sql, hostId, id),
      incidentChanges(sql, hostId, incident, this.clock.now()),
      searchedHosts(sql, undefined),
    ]);
    const seen = hosts.filter((host) => canSee(principal, host));
    const seesAll = seen.length === hosts.length;
    const hostIds = seesAll ? undefined : seen.map((host) => host.hostId);
    const similar = await similarIncidents(sql, incident, { hostIds, limit: SIMILAR });
    const told = toldEvidence(evidence, (agentId) => seesAll || seen.some((host) => host.id === agentId));
    return { ...incident, events, evidence: told, changes, similar };
  }

  /** The hosts whose incidents are shown, of one name or id where that is given; undefined: all. */
  private async hostIdsFor(principal: Principal, host?: string): Promise<number[] | undefined> {
    const all = await searchedHosts(this.dataSource.manager, host);
    const seen = all.filter((one) => canSee(principal, one));
    return host === undefined && seen.length === all.length ? undefined : seen.map(({ hostId }) => hostId);
  }

  private range({ from, to }: IncidentQuery): { from: number | undefined; to: number | undefined } {
    const now = this.clock.now();
    const begin = from === undefined ? undefined : pastInstant('from', from, now);
    const end = to === undefined ? undefined : pastInstant('to', to, now);
    if (begin !== undefined) refuseNoRange(['from', begin], ['to', end ?? Math.max(now, begin)]);
    return { from: begin, to: end };
  }
}
