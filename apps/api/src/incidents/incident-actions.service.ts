import { Injectable } from '@nestjs/common';
import { type IncidentDetails } from '@closewatch/protocol';
import { type Verdict } from '@closewatch/socket-states';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiError } from '../errors/api-error.ts';
import { assertOperator } from '../rights/may-act.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { type ActedIncident, lockIncident, resolveByHand, writeActed } from './incident-actions.queries.ts';
import { addIncidentEvents } from './incident-timeline.queries.ts';
import { IncidentsFeed } from './incidents-feed.ts';
import { IncidentsService } from './incidents.service.ts';
import { type NewIncidentEvent } from './kept-incident.ts';

type Told = Partial<Pick<NewIncidentEvent, 'text' | 'content'>> & Pick<NewIncidentEvent, 'kind'>;

/** What an action works on: the incident as it is, locked. */
interface Acting {
  readonly sql: EntityManager;
  readonly hostId: number;
  readonly before: ActedIncident;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What people do to incidents. Each answers with the incident as it is then. Throws {@link ApiError} 403, 404, 409. */
@Injectable()
export class IncidentActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly incidents: IncidentsService,
    private readonly feed: IncidentsFeed,
    private readonly clock: Clock,
  ) {}

  /** Somebody has seen it and looks after it. */
  acknowledge(principal: Principal, id: string, note: string | undefined): Promise<IncidentDetails> {
    return this.act(principal, id, 'acknowledge incidents', async ({ sql, hostId, before, by, at }) => {
      refuseResolved(before, id);
      if (before.acknowledged !== null) {
        throw conflict(`Incident ${id} was acknowledged by ${before.acknowledged.by} already.`);
      }
      await writeActed(sql, hostId, id, { ...before, acknowledged: { at, by } });
      return { kind: 'acknowledged', text: note ?? null };
    });
  }

  unacknowledge(principal: Principal, id: string): Promise<IncidentDetails> {
    return this.act(principal, id, 'acknowledge incidents', async ({ sql, hostId, before }) => {
      refuseResolved(before, id);
      if (before.acknowledged === null) throw conflict(`Nobody has acknowledged incident ${id}.`);
      await writeActed(sql, hostId, id, { ...before, acknowledged: null });
      return { kind: 'unacknowledged' };
    });
  }

  resolve(principal: Principal, id: string, note: string | undefined): Promise<IncidentDetails> {
    return this.act(principal, id, 'resolve incidents', async ({ sql, hostId, before, at }) => {
      refuseResolved(before, id);
      await resolveByHand(sql, hostId, id, at);
      return { kind: 'resolved', text: note ?? null, content: { resolvedAs: 'by_hand' } };
    });
  }

  /** Null: nobody's. The same owner again changes nothing. */
  setOwner(principal: Principal, id: string, owner: string | null): Promise<IncidentDetails> {
    return this.act(principal, id, 'say whose an incident is', async ({ sql, hostId, before }) => {
      if (before.owner === owner) return undefined;
      await writeActed(sql, hostId, id, { ...before, owner });
      return { kind: 'owner', content: { owner, before: before.owner } };
    });
  }

  addNote(principal: Principal, id: string, text: string): Promise<IncidentDetails> {
    return this.act(principal, id, 'add notes', async ({ sql, hostId, before }) => {
      await writeActed(sql, hostId, id, before);
      return { kind: 'note', text };
    });
  }

  /** The reviewer's verdict; whether that is the one that was found is told with it. */
  review(principal: Principal, id: string, verdict: Verdict, note: string | undefined): Promise<IncidentDetails> {
    return this.act(principal, id, 'review incidents', async ({ sql, hostId, before, by, at }) => {
      const { incident } = await this.incidents.find(principal, id);
      const agrees = incident.finding?.verdict === verdict;
      await writeActed(sql, hostId, id, { ...before, review: { at: isoInstant(at), by, verdict, agrees } });
      return {
        kind: 'review',
        text: note ?? null,
        content: { verdict, agrees, found: incident.finding?.verdict ?? null },
      };
    });
  }

  private async act(
    principal: Principal,
    id: string,
    what: string,
    action: (acting: Acting) => Promise<Told | undefined>,
  ): Promise<IncidentDetails> {
    const { hostId } = await this.incidents.find(principal, id);
    assertOperator(principal, what);
    const at = this.clock.now();
    const by = principal.username;
    await this.dataSource.transaction(async (sql) => {
      const before = await lockIncident(sql, hostId, id);
      if (before === undefined) throw ApiError.notFound(`There is no incident ${id}.`);
      const told = await action({ sql, hostId, before, by, at });
      if (told === undefined) return;
      await addIncidentEvents(sql, [{ hostId, incidentId: id, at, by, text: null, content: {}, ...told }]);
    });
    this.feed.changed([id]);
    return this.incidents.details(principal, id);
  }
}

function refuseResolved({ open }: ActedIncident, id: string): void {
  if (!open) throw conflict(`Incident ${id} is resolved.`);
}

function conflict(message: string): ApiError {
  return new ApiError(409, 'Conflict', message);
}
