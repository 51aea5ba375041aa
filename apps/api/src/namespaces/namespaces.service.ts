import { Injectable } from '@nestjs/common';
import { Count, type NamespaceItem, type Page } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { z } from 'zod';
import { HostsService } from '../hosts/hosts.service.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { type Principal } from '../rights/principal.ts';
import { ownNamespace } from './host-namespaces.ts';
import { listNamespaces } from './namespaces.queries.ts';

const DAY_MS = 86_400_000;
/** The number of the last namespace of a page. */
const Place = z.tuple([Count]);

export interface NamespacesRequest {
  readonly seenSince?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

@Injectable()
export class NamespacesService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
  ) {}

  /** Namespaces that were seen in the day before the host last was, or since an instant, by number. Throws ApiError 404. */
  async list(principal: Principal, id: string, request: NamespacesRequest): Promise<Page<NamespaceItem>> {
    const after = decodeCursor(request.cursor, Place);
    const { hostId, host } = await this.hosts.find(principal, id);
    const seenSince =
      request.seenSince === undefined ? Date.parse(host.lastSeenAt) - DAY_MS : Date.parse(request.seenSince);
    const own = after === undefined ? [ownNamespace(host)] : [];
    const others = await listNamespaces(this.dataSource.manager, {
      hostId,
      seenSince: Math.max(0, seenSince),
      after: after?.[0] ?? 0,
      limit: request.limit + 1,
    });
    const found = [...own, ...others];
    const items = found.slice(0, request.limit);
    const last = items.at(-1);
    const nextCursor = found.length > request.limit && last !== undefined ? encodeCursor([last.id]) : null;
    return { items, nextCursor };
  }
}
