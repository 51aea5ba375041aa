import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import pg from 'pg';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { IngestService } from '../ingest/ingest.service.ts';
import { WRITE_POOL } from '../ingest/write-connections.ts';
import { RulesService } from '../rules/rules.service.ts';
import { DetectionHealth, type PoolCounts } from './detection-health.ts';

declare const CLOSEWATCH_VERSION: string | undefined;
const VERSION = typeof CLOSEWATCH_VERSION === 'string' ? CLOSEWATCH_VERSION : '0.0.0';

/** Gauges of prom-client that are called as counters are, which promtool takes for a fault. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** What is known of the database at a time; undefined: it does not answer. */
export interface DatabaseHealth {
  readonly packingLagMs: number;
}

/** How this server itself does: what it is pushed, what waits, its connections, its event loop and its memory. */
@Injectable()
export class OwnHealth {
  private readonly registry = new Registry();
  private readonly databaseUp: Gauge;
  private readonly packingLag: Gauge;
  private readonly renderSeconds: Gauge;

  constructor(
    private readonly ingest: IngestService,
    private readonly rules: RulesService,
    private readonly dataSource: DataSource,
    @InjectDataSource(READ) private readonly reads: DataSource,
    @Inject(WRITE_POOL) private readonly writePool: pg.Pool,
    private readonly detection: DetectionHealth,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Gauge<Label>({ name, help, labelNames, registers });
    gauge('closewatch_build_info', 'Version of this server.', ['version']).set({ version: VERSION }, 1);
    this.databaseUp = gauge('closewatch_database_up', '1: the database answered just now.');
    this.packingLag = gauge('closewatch_packing_lag_seconds', 'How long ago the newest hour that is packed ended.');
    this.renderSeconds = gauge(
      'closewatch_host_metrics_seconds',
      'How long it took to read and write the metrics of hosts.',
    );
    this.tellIngest(registers);
    this.tellPools(gauge);
    this.tellRules(gauge);
    this.tellDetection(gauge);
  }

  /** `hostMetricsMs`: how long the metrics of hosts took. */
  async text(database: DatabaseHealth | undefined, hostMetricsMs: number): Promise<string> {
    this.databaseUp.set(database === undefined ? 0 : 1);
    if (database === undefined) this.packingLag.remove();
    else this.packingLag.set(database.packingLagMs / 1_000);
    this.renderSeconds.set(hostMetricsMs / 1_000);
    return this.registry.metrics();
  }

  private tellIngest(registers: Registry[]): void {
    const { ingest } = this;
    new Counter({
      name: 'closewatch_pushes_total',
      help: 'Pushes of agents: stored, refused for what they said, or not taken (too many wait, no database).',
      labelNames: ['outcome'],
      registers,
      collect() {
        setTo(this, 'outcome', {
          stored: ingest.counts.stored,
          refused: ingest.counts.refused,
          failed: ingest.counts.failed,
        });
      },
    });
    new Counter({
      name: 'closewatch_snapshots_total',
      help: 'Snapshots in pushes that were stored.',
      labelNames: ['outcome'],
      registers,
      collect() {
        const { accepted, duplicate, rejected } = ingest.counts;
        setTo(this, 'outcome', { accepted, duplicate, rejected });
      },
    });
    new Gauge({
      name: 'closewatch_ingest_waiting_pushes',
      help: 'Pushes that wait for the database.',
      registers,
      collect() {
        this.set(ingest.waiting.pushes);
      },
    });
    new Gauge({
      name: 'closewatch_ingest_waiting_bytes',
      help: 'Bytes of pushes that wait for the database or are being read.',
      registers,
      collect() {
        this.set(ingest.waiting.bytes);
      },
    });
  }

  private tellPools(gauge: MakeGauge): void {
    const pools = { main: poolOf(this.dataSource), read: poolOf(this.reads), ingest: this.writePool };
    const connections = gauge('closewatch_database_connections', 'Connections to the database.', ['pool', 'state']);
    const waiting = gauge('closewatch_database_waiting', 'Statements that wait for a connection.', ['pool']);
    Object.assign(connections, {
      collect: () => {
        const { pool: detection } = this.detection;
        const all = { ...pools, ...(detection === undefined ? {} : { detection }) };
        for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries<PoolCounts>(all)) {
          connections.set({ pool, state: 'idle' }, idleCount);
          connections.set({ pool, state: 'used' }, totalCount - idleCount);
          waiting.set({ pool }, waitingCount);
        }
      },
    });
  }

  private tellDetection(gauge: MakeGauge): void {
    const shards = gauge('closewatch_detection_shards', 'Shards of hosts, of 16, that this server watches over.');
    const hosts = gauge('closewatch_detection_hosts', 'Hosts that this server watches over.');
    const troubled = gauge('closewatch_detection_troubled_hosts', 'Of these such that could not be looked at.');
    const took = gauge('closewatch_detection_round_seconds', 'How long the last round over these hosts took.');
    const ended = gauge('closewatch_detection_round_timestamp_seconds', 'When the last round ended, Unix time.');
    Object.assign(shards, {
      collect: () => {
        const { round } = this.detection;
        if (round === undefined) return;
        shards.set(round.shards);
        hosts.set(round.hosts);
        troubled.set(round.troubled);
        took.set(round.tookMs / 1_000);
        ended.set(round.endedAt / 1_000);
      },
    });
  }

  private tellRules(gauge: MakeGauge): void {
    const refused = gauge(
      'closewatch_rules_file_refused',
      '1: the rules file is refused, and the rules before it hold.',
    );
    const since = gauge('closewatch_rules_timestamp_seconds', 'Since when the rules in force hold, Unix time.');
    Object.assign(refused, {
      collect: () => {
        const state = this.rules.state();
        refused.set(state.faults.length === 0 ? 0 : 1);
        since.set(state.since / 1_000);
      },
    });
  }
}

type MakeGauge = <Label extends string = never>(
  name: string,
  help: string,
  labelNames?: readonly Label[],
) => Gauge<Label>;

/** Sets a counter to what is counted elsewhere. */
function setTo<Label extends string>(
  counter: Counter<Label>,
  label: Label,
  values: Readonly<Record<string, number>>,
): void {
  counter.reset();
  for (const [value, count] of Object.entries(values)) {
    counter.inc({ [label]: value } as Record<Label, string>, count);
  }
}

/** TypeORM keeps its pool of pg to itself. */
function poolOf({ driver }: DataSource): PoolCounts {
  return (driver as unknown as { readonly master: pg.Pool }).master;
}
