import { Injectable } from '@nestjs/common';
import { type StateSeries } from '@closewatch/protocol';
import { TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { namespaceInterval } from '../namespaces/namespaces.queries.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { bucketStates, type Extent, type StateStep } from './states.queries.ts';
import { timeGrid, type TimeGrid } from './time-grid.ts';

const HOUR_MS = 3_600_000;

export interface StatesRequest {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly points: number;
  readonly netns: number;
}

type Series = Record<keyof Extent, (number | null)[]>;

@Injectable()
export class HistoryService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** Counts of a host over time, the last hour by default. Throws ApiError 404. */
  async states(principal: Principal, id: string, request: StatesRequest): Promise<StateSeries> {
    const { hostId, host } = await this.hosts.find(principal, id);
    const to = request.to === undefined ? this.clock.now() : Date.parse(request.to);
    const from = request.from === undefined ? Math.max(0, to - HOUR_MS) : Date.parse(request.from);
    const grid = timeGrid(from, to, request.points, await this.intervalOf(hostId, request.netns, host.intervalMs));
    const steps = await bucketStates(this.dataSource.manager, { hostId, netns: request.netns, from, to }, grid);
    return {
      from: isoInstant(from),
      to: isoInstant(to),
      stepMs: grid.stepMs,
      t: Array.from({ length: grid.count }, (_, step) => grid.start + step * grid.stepMs),
      series: columns(steps, grid),
    };
  }

  /** A namespace other than the host's own is sampled less often. */
  private async intervalOf(hostId: number, netns: number, ownMs: number): Promise<number> {
    if (netns === 0) return ownMs;
    return (await namespaceInterval(this.dataSource.manager, hostId, netns)) ?? ownMs;
  }
}

/** Steps without snapshots stay null: a gap is drawn as a gap. */
function columns(steps: readonly StateStep[], { count }: TimeGrid): Record<TcpState, Series> {
  const empty = (): Series => ({
    min: new Array<number | null>(count).fill(null),
    avg: new Array<number | null>(count).fill(null),
    max: new Array<number | null>(count).fill(null),
  });
  const series = Object.fromEntries(TCP_STATES.map((state) => [state, empty()])) as Record<TcpState, Series>;
  for (const { step, states } of steps) {
    // A snapshot at the very end of the range falls on the edge of the grid.
    const index = Math.min(step, count - 1);
    for (const state of TCP_STATES) {
      const { min, avg, max } = states[state];
      series[state].min[index] = min;
      series[state].avg[index] = avg;
      series[state].max[index] = max;
    }
  }
  return series;
}
