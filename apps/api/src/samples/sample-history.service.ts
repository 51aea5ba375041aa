import { Injectable } from '@nestjs/common';
import { SAMPLE_LIMITS } from '@closewatch/protocol';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { readRange } from '../history/asked-range.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { namespaceInterval } from '../namespaces/namespaces.queries.ts';
import { type Sample } from '../packing/listing.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { sampleAt } from './sample-at.ts';
import { type SampleHistoryQuery } from './sample-query.ts';
import { type Gatherer, sampleSeries, type SampleSeries } from './sample-series.ts';
import { type SampledKind } from './sampled-kind.ts';

/** What every answer with steps begins with. */
export interface Steps {
  readonly from: string;
  readonly to: string;
  readonly stepMs: number;
  readonly t: number[];
}

/** Reads what processes and ports were like: at an instant, and over time. */
@Injectable()
export class SampleHistoryService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
    private readonly clock: Clock,
  ) {}

  /** The newest sample at an instant (ISO 8601) or not long before it. Throws ApiError 404 for the host. */
  async at<Content, Thing>(
    kind: SampledKind<Content, Thing>,
    principal: Principal,
    id: string,
    { netns, at }: { readonly netns: number; readonly at: string },
  ): Promise<Sample<Content> | undefined> {
    const { hostId, host } = await this.hosts.find(principal, id);
    const intervalMs = await this.intervalOf(hostId, netns, host.intervalMs);
    return sampleAt(this.dataSource.manager, kind, { hostId, netns, at: Date.parse(at), intervalMs });
  }

  /** Steps of the things that are asked for; the last hour by default. Throws ApiError 400 for a range that is none, 404. */
  async over<Content, Thing, Whole extends Gatherer, Gathered extends Gatherer>(
    kind: SampledKind<Content, Thing>,
    principal: Principal,
    id: string,
    asked: SampleHistoryQuery & { readonly isAsked: (key: string) => boolean },
    make: { readonly whole: (count: number) => Whole; readonly steps: (count: number) => Gathered },
  ): Promise<SampleSeries<Thing, Whole, Gathered> & { readonly steps: Steps }> {
    const { from, to } = readRange(asked, this.clock.now(), SAMPLE_LIMITS.rangeDays);
    const { hostId, host } = await this.hosts.find(principal, id);
    const intervalMs = await this.intervalOf(hostId, asked.netns, host.intervalMs);
    const series = await sampleSeries(
      this.dataSource.manager,
      kind,
      {
        ...{ hostId, from, to, intervalMs },
        netns: asked.netns,
        points: asked.points,
        top: asked.top,
        isAsked: asked.isAsked,
      },
      make,
    );
    const { start, stepMs, count } = series.grid;
    const t = Array.from({ length: count }, (_, step) => start + step * stepMs);
    return { ...series, steps: { from: isoInstant(from), to: isoInstant(to), stepMs, t } };
  }

  /** A namespace other than the host's own is sampled less often. */
  private async intervalOf(hostId: number, netns: number, ownMs: number): Promise<number> {
    if (netns === 0) return ownMs;
    return (await namespaceInterval(this.dataSource.manager, hostId, netns)) ?? ownMs;
  }
}
