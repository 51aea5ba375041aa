import { Injectable } from '@nestjs/common';
import { HISTORY_LIMITS, type StateSeries } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { namespaceInterval } from '../namespaces/namespaces.queries.ts';
import { KeptDays } from '../retention/kept-days.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { type AskedRange, readRange } from './asked-range.ts';
import { stateSteps } from './state-steps.ts';

export interface StatesRequest extends AskedRange {
  readonly points: number;
  readonly netns: number;
}

@Injectable()
export class HistoryService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
  ) {}

  /** Counts of a host over time, the last hour by default. Throws {@link ApiError} 400 for a range that is none, 404. */
  async states(principal: Principal, id: string, request: StatesRequest): Promise<StateSeries> {
    const now = this.clock.now();
    const { from, to } = readRange(request, now, HISTORY_LIMITS.rangeDays);
    const { hostId, host } = await this.hosts.find(principal, id);
    const intervalMs = await this.intervalOf(hostId, request.netns, host.intervalMs);
    const { source, grid, steps } = await stateSteps(
      this.dataSource.manager,
      { hostId, netns: request.netns, from, to },
      { points: request.points, intervalMs, keptFrom: now - this.kept.ofMs('snapshots') },
    );
    return {
      from: isoInstant(from),
      to: isoInstant(to),
      source,
      stepMs: grid.stepMs,
      t: Array.from({ length: grid.count }, (_, step) => grid.start + step * grid.stepMs),
      series: steps.series(),
    };
  }

  /** A namespace other than the host's own is sampled less often. */
  private async intervalOf(hostId: number, netns: number, ownMs: number): Promise<number> {
    if (netns === 0) return ownMs;
    return (await namespaceInterval(this.dataSource.manager, hostId, netns)) ?? ownMs;
  }
}
