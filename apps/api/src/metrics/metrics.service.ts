import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { readPackingState } from '../packing/packing.queries.ts';
import { canSee } from '../rights/can-see.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { hostMetricsText } from './host-metrics.ts';
import { measuredHosts, openIncidentRows } from './host-metrics.queries.ts';
import { LeakFigures } from './leak-figures.ts';
import { type DatabaseHealth, OwnHealth } from './own-health.ts';

/** However many scrape, hosts are read no more often than this. */
const KEPT_MS = 5_000;

interface HostMetrics {
  readonly at: number;
  readonly text: Buffer;
  /** Undefined: it did not answer. */
  readonly database: DatabaseHealth | undefined;
  readonly tookMs: number;
}

/** What Prometheus reads. */
@Injectable()
export class MetricsService {
  private kept: HostMetrics | undefined;
  private reading: Promise<HostMetrics> | undefined;

  constructor(
    @InjectDataSource(READ) private readonly reads: DataSource,
    private readonly own: OwnHealth,
    private readonly leaks: LeakFigures,
    private readonly clock: Clock,
  ) {}

  /** In Prometheus' text format. Of hosts nothing is told while the database is away: of ourselves all the more. */
  async text(): Promise<Buffer> {
    const hosts = await this.hosts();
    return Buffer.concat([
      Buffer.from(await this.own.text(hosts.database, hosts.tookMs)),
      Buffer.from('\n'),
      hosts.text,
    ]);
  }

  private async hosts(): Promise<HostMetrics> {
    const now = this.clock.now();
    if (this.kept !== undefined && now >= this.kept.at && now < this.kept.at + KEPT_MS) return this.kept;
    this.reading ??= this.read(now).finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(now: number): Promise<HostMetrics> {
    const started = performance.now();
    const measured = await this.measured(now).catch(() => undefined);
    this.kept = {
      at: now,
      text: measured?.text ?? Buffer.alloc(0),
      database: measured?.database,
      tookMs: performance.now() - started,
    };
    return this.kept;
  }

  private async measured(now: number): Promise<Pick<HostMetrics, 'text' | 'database'>> {
    const sql = this.reads.manager;
    const [hosts, incidents, packing] = await Promise.all([
      measuredHosts(sql),
      openIncidentRows(sql),
      readPackingState(sql),
    ]);
    const seen = hosts.filter((host) => canSee(READER, host));
    const ids = new Set(seen.map(({ hostId }) => hostId));
    const text = await hostMetricsText({
      hosts: seen,
      incidents: incidents.filter(({ hostId }) => ids.has(hostId)),
      figuresOf: (hostId) => this.leaks.of(hostId),
      now,
    });
    return { text, database: { packingLagMs: Math.max(0, now - packing.packedUntil) } };
  }
}

/** Whoever may read metrics reads one text, which is kept for all of them. */
const READER: Principal = { kind: 'script', tokenId: 0, name: 'metrics' };
