import { Injectable } from '@nestjs/common';
import { type AgentEvent, Instant, type Page, Text } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { z } from 'zod';
import { HostsService } from '../hosts/hosts.service.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { type Principal } from '../rights/principal.ts';
import { listEvents } from './events.queries.ts';

/** Instant, kind and digest, which is a UUID in form only. */
const Place = z.tuple([Instant, Text(32), z.guid()]);

@Injectable()
export class EventsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
  ) {}

  /** What happened to a host's agent, the newest first. Throws ApiError 400, 404. */
  async list(
    principal: Principal,
    id: string,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<AgentEvent>> {
    const after = decodeCursor(page.cursor, Place);
    const { hostId } = await this.hosts.find(principal, id);
    const found = await listEvents(this.dataSource.manager, { hostId, after, limit: page.limit + 1 });
    const shown = found.slice(0, page.limit);
    const last = shown.at(-1);
    const nextCursor = found.length > page.limit && last !== undefined ? encodeCursor(last.place) : null;
    return { items: shown.map(({ event }) => event), nextCursor };
  }
}
