import { Injectable } from '@nestjs/common';
import { Count, type Host, type Page, Text } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { findHost, type HostRow, listHosts } from './hosts.queries.ts';

/** Hostname and host_id: what the wire and the column take. */
const Place = z.tuple([Text(253), Count]);

@Injectable()
export class HostsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A page of the hosts that the principal may see, by name. Throws {@link ApiError} 400 for a bad cursor. */
  async list(principal: Principal, page: { limit: number; cursor?: string | undefined }): Promise<Page<Host>> {
    const after = decodeCursor(page.cursor, Place);
    const rows = await listHosts(this.dataSource.manager, { after, limit: page.limit + 1 }, this.clock.now());
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    const nextCursor =
      rows.length > page.limit && last !== undefined ? encodeCursor([last.host.hostname, last.hostId]) : null;
    return { items: shown.map(({ host }) => host).filter((host) => canSee(principal, host)), nextCursor };
  }

  /** Throws {@link ApiError} 404 for a host that is not there, or not for the principal to know of. */
  async find(principal: Principal, id: string): Promise<HostRow> {
    const row = await findHost(this.dataSource.manager, id, this.clock.now());
    if (row === undefined || !canSee(principal, row.host)) throw ApiError.notFound(`There is no host ${id}.`);
    return row;
  }
}
