import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Annotation, type AnnotationRequest, Count, Instant, type Page, Text } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READ, type Sql } from '../database/data-source.ts';
import { ApiError } from '../errors/api-error.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { canSee } from '../rights/can-see.ts';
import { assertOperator } from '../rights/may-act.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import {
  deleteAnnotation,
  findAnnotation,
  hostsCalled,
  insertAnnotation,
  listMarks,
  type MarkedHost,
} from './annotations.queries.ts';

/** Clocks of those who tell us may be ahead of ours; what they tell has happened by now. */
const CLOCK_AHEAD_MS = 60_000;
/** Instant, id and host of the last mark shown. */
const Place = z.tuple([Instant, Text(64), Count]);

export interface MarksRequest {
  /** By its id or its name. */
  readonly host?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What has changed, and when: told by people and scripts, and seen by agents. */
@Injectable()
export class AnnotationsService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectDataSource(READ) private readonly reads: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Keeps what somebody says has happened. Throws {@link ApiError} 400, 403. */
  async add(principal: Principal, request: AnnotationRequest): Promise<Annotation> {
    const host = request.host === null ? undefined : await this.oneHost(principal, request.host);
    const mark = {
      id: randomUUID(),
      at: this.instantOf(request.at),
      kind: request.kind,
      service: request.service,
      text: request.text,
      link: request.link,
      ...authorOf(principal),
    };
    await insertAnnotation(this.dataSource.manager, host?.hostId ?? null, mark);
    return { ...mark, hostId: host?.id ?? null, hostname: host?.hostname ?? null };
  }

  /** Takes back what somebody said; what an agent saw stays. Throws {@link ApiError} 403, 404. */
  async remove(principal: Principal, id: string): Promise<void> {
    authorOf(principal);
    const sql = this.dataSource.manager;
    const told = await findAnnotation(sql, id);
    if (told === undefined || (told.host !== undefined && !canSee(principal, told.host))) {
      throw ApiError.notFound(`There is no annotation ${id}. What agents saw cannot be taken back.`);
    }
    await deleteAnnotation(sql, id);
  }

  /** A page of what the principal may know of, the newest first. Throws {@link ApiError} 400, 404. */
  async list(principal: Principal, request: MarksRequest): Promise<Page<Annotation>> {
    const after = decodeCursor(request.cursor, Place);
    const { from = null, to = null, limit } = request;
    const hostIds = request.host === undefined ? null : await this.hostIds(principal, request.host);
    const found = await listMarks(this.reads.manager, { hostIds, from, to, after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.filter(({ host }) => host === undefined || canSee(principal, host)).map(({ mark }) => mark),
      nextCursor: last === undefined ? null : encodeCursor(last.place),
    };
  }

  private instantOf(asked: string | undefined): string {
    const now = this.clock.now();
    if (asked !== undefined && Date.parse(asked) > now + CLOCK_AHEAD_MS) {
      const message = `must not be in the future; it is ${isoInstant(now)} now`;
      throw ApiError.badRequest('That has not happened yet.', [{ path: 'at', message }]);
    }
    return isoInstant(Math.min(asked === undefined ? now : Date.parse(asked), now));
  }

  private async oneHost(principal: Principal, idOrName: string): Promise<MarkedHost> {
    // Not from the pool of reads: a host that has just pushed for the first time is there.
    const hosts = await this.visible(this.dataSource.manager, principal, idOrName);
    const [host] = hosts;
    if (host !== undefined && hosts.length === 1) return host;
    const ids = hosts.map(({ id }) => id).join(', ');
    const message =
      host === undefined ? `there is no host ${idOrName}` : `several hosts are called so: use one of ${ids}`;
    throw ApiError.badRequest('It is not clear which host that is about.', [{ path: 'host', message }]);
  }

  private async hostIds(principal: Principal, idOrName: string): Promise<number[]> {
    const hosts = await this.visible(this.reads.manager, principal, idOrName);
    if (hosts.length === 0) throw ApiError.notFound(`There is no host ${idOrName}.`);
    return hosts.map(({ hostId }) => hostId);
  }

  private async visible(sql: Sql, principal: Principal, idOrName: string): Promise<MarkedHost[]> {
    return (await hostsCalled(sql, idOrName)).filter((host) => canSee(principal, host));
  }
}

/** Throws {@link ApiError} 403 for whoever may only look. */
function authorOf(principal: Principal): Pick<Annotation, 'source' | 'author'> {
  if (principal.kind === 'script') return { source: 'script', author: principal.name };
  assertOperator(principal, 'tell of changes');
  return { source: 'person', author: principal.username };
}
