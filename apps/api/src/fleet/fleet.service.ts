import { Injectable } from '@nestjs/common';
import {
  Count,
  type FleetAt,
  type FleetHost,
  hostStatus,
  Instant,
  SILENT_AT_MOST_MS,
  Text,
} from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READ } from '../database/data-source.ts';
import { ApiError } from '../errors/api-error.ts';
import { newestSnapshots } from '../history/newest-snapshots.ts';
import { fleetTotals } from '../live/fleet-totals.ts';
import { type PackedSnapshot } from '../packing/snapshot-pack.ts';
import { decodeCursor, encodeCursor } from '../paging/page-cursor.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { fleetHosts, type FleetHostRow, waitingAt, type WaitingRow } from './fleet.queries.ts';

/** The instant, and the hostname and host_id of the last host shown. */
const Place = z.tuple([Instant, Text(253), Count]);
/** The reader's clock may be ahead of ours; what is asked for then is now. */
const CLOCK_AHEAD_MS = 60_000;

export interface FleetRequest {
  readonly at?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

@Injectable()
export class FleetService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A page of the hosts that the principal may see, as of an instant. Throws {@link ApiError} 400. */
  async at(principal: Principal, request: FleetRequest): Promise<FleetAt> {
    const place = decodeCursor(request.cursor, Place);
    const at = this.instantOf(place?.[0] ?? request.at);
    const after = place === undefined ? undefined : ([place[1], place[2]] as const);
    // Totals need every host; pages after the first have none.
    const rows = await fleetHosts(this.dataSource.manager, after, after === undefined ? null : request.limit + 1);
    const hosts = await this.asOf(
      rows.filter((row) => canSee(principal, row)),
      at,
      after === undefined,
    );
    const shown = rows.slice(0, request.limit);
    const last = rows.length > request.limit ? shown.at(-1) : undefined;
    return {
      at: isoInstant(at),
      items: shown.flatMap(({ hostId }) => hosts.get(hostId) ?? []),
      nextCursor: last === undefined ? null : encodeCursor([isoInstant(at), last.hostname, last.hostId]),
      totals: after === undefined ? fleetTotals([...hosts.values()]) : null,
    };
  }

  private instantOf(asked: string | undefined): number {
    const now = this.clock.now();
    const at = asked === undefined ? now : Date.parse(asked);
    if (at > now + CLOCK_AHEAD_MS) {
      const message = `must not be in the future; it is ${isoInstant(now)} now`;
      throw ApiError.badRequest('There is no fleet of that instant.', [{ path: 'at', message }]);
    }
    return Math.min(at, now);
  }

  /** Those that were known at the instant, by host_id. */
  private async asOf(rows: readonly FleetHostRow[], at: number, all: boolean): Promise<Map<number, FleetHost>> {
    const hostIds = rows.map(({ hostId }) => hostId);
    const { manager } = this.dataSource;
    const [newest, waiting] = await Promise.all([
      newestSnapshots(manager, hostIds, at, SILENT_AT_MOST_MS),
      waitingAt(manager, all ? null : hostIds, at),
    ]);
    const waitingOf = new Map(waiting.map((row) => [row.hostId, row]));
    return new Map(
      rows
        // Late data may be older than what a host was first seen by.
        .filter(({ hostId, firstSeenAt }) => firstSeenAt.getTime() <= at || newest.has(hostId))
        .map((row) => [row.hostId, fleetHost(row, newest.get(row.hostId), waitingOf.get(row.hostId), at)]),
    );
  }
}

function fleetHost(
  { id, hostname, labels }: FleetHostRow,
  newest: PackedSnapshot | undefined,
  waiting: WaitingRow | undefined,
  at: number,
): FleetHost {
  const status = newest === undefined ? 'silent' : hostStatus(newest.takenAt, newest.intervalMs, at);
  const known = status === 'silent' ? undefined : newest;
  return {
    id,
    hostname,
    labels,
    status,
    takenAt: known === undefined ? null : isoInstant(known.takenAt),
    counts: known === undefined ? null : { ...known.counts },
    closeWait: {
      // The kernel's count also has those too young to be tracked one by one.
      count: known?.counts.close_wait ?? waiting?.count ?? 0,
      aged: waiting?.aged ?? 0,
      oldestSeconds: waiting === undefined ? null : (at - waiting.oldestAt.getTime()) / 1_000,
    },
  };
}
