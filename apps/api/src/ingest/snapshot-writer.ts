import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sqlState } from '../database/database-faults.ts';
import { type Sql } from '../database/data-source.ts';
import { PartitionsService } from '../database/partitions.service.ts';
import { Clock } from '../time/clock.ts';
import { keepAgentEvents } from './agent-events.queries.ts';
import { refreshHostLatest } from './host-latest.queries.ts';
import { type HostRecord, type HostUpdate, lockHosts, upsertHosts } from './hosts.queries.ts';
import { foldLifetimes } from './fold-lifetimes.ts';
import { endLifetimes, mergeLifetimes } from './lifetimes.queries.ts';
import { noteNamespaces } from './namespaces.queries.ts';
import { type AcceptedItem, type ParsedPush } from './push-parser.ts';
import { reopenLost, reopenMentioned } from './reopen.queries.ts';
import { judgeRun } from './run-judgement.ts';
import { newestSections } from './section-rows.ts';
import { keepSamples } from './section-samples.queries.ts';
import { keepSections } from './sections.queries.ts';
import { insertSnapshots, snapshotKey, type SnapshotRow } from './snapshots.queries.ts';

/** A push on its way to the database: at least one item. */
export type PushToWrite = Pick<ParsedPush, 'header' | 'items'>;

export type WriteResult =
  | {
      readonly outcome: 'written';
      readonly accepted: number;
      readonly duplicate: number;
      /** The connections of this run are not fully known yet. */
      readonly resync: boolean;
    }
  | { readonly outcome: 'cloned' };

/** "no partition of relation ... found for row": dropped behind our back. */
const NO_PARTITION = '23514';

/** Writes pushes: snapshots, all they tell, and host_latest, in one transaction for all that are handed over together. */
@Injectable()
export class SnapshotWriter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partitions: PartitionsService,
    private readonly clock: Clock,
  ) {}

  /** One result for each push, in order. Nothing is stored when it throws. */
  async write(pushes: readonly PushToWrite[]): Promise<WriteResult[]> {
    try {
      return await this.attempt(pushes);
    } catch (error) {
      if (sqlState(error) !== NO_PARTITION) throw error;
      this.partitions.forget();
      return await this.attempt(pushes);
    }
  }

  private async attempt(pushes: readonly PushToWrite[]): Promise<WriteResult[]> {
    // Before the transaction: making a table takes locks that should not be held until the commit.
    await this.ensurePartitions(pushes);
    return this.dataSource.transaction((sql) => this.writeAll(sql, pushes));
  }

  private async ensurePartitions(pushes: readonly PushToWrite[]): Promise<void> {
    const taken = new Set<number>();
    const ended = new Set<number>();
    const happened = new Set<number>();
    const sampled = { processes: new Set<number>(), ports: new Set<number>() };
    for (const { items } of pushes) {
      for (const { snapshot, standsAt } of items) {
        taken.add(Date.parse(snapshot.takenAt));
        // A snapshot may end connections at its own instant.
        ended.add(standsAt);
        for (const { endedAt } of snapshot.connections) if (endedAt !== undefined) ended.add(Date.parse(endedAt));
        for (const { at } of snapshot.events ?? []) happened.add(Date.parse(at));
        if (snapshot.processes !== undefined) sampled.processes.add(standsAt);
        if (snapshot.ports !== undefined) sampled.ports.add(standsAt);
      }
    }
    await this.partitions.ensure('snapshot', taken);
    await this.partitions.ensure('connection_ended', ended);
    await this.partitions.ensure('agent_event', happened);
    await this.partitions.ensure('process_sample', sampled.processes);
    await this.partitions.ensure('port_sample', sampled.ports);
  }

  private async writeAll(sql: Sql, pushes: readonly PushToWrite[]): Promise<WriteResult[]> {
    const { admitted, updates, runs } = await this.admit(sql, pushes);
    const hostIds = await upsertHosts(sql, [...updates.values()]);
    for (const [agentId, { hostId }] of runs) if (hostId !== undefined) hostIds.set(agentId, hostId);
    const rows = new SnapshotBatch();
    for (const push of admitted) {
      const hostId = hostIds.get(push.header.agentId);
      if (hostId !== undefined) for (const item of push.items) rows.add(hostId, push, item);
    }
    const inserted = await insertSnapshots(sql, rows.snapshots);
    const fresh = rows.keepOnly(inserted);
    if (fresh.length > 0) await this.writeContents(sql, fresh);
    return pushes.map((push): WriteResult => {
      if (!admitted.has(push)) return { outcome: 'cloned' };
      const accepted = fresh.filter((row) => row.push === push).length;
      const update = updates.get(push.header.agentId);
      return {
        outcome: 'written',
        accepted,
        duplicate: push.items.length - accepted,
        resync: update?.header.runId === push.header.runId && update.syncedRunId !== push.header.runId,
      };
    });
  }

  /** Which pushes may speak for their hosts, and what that makes of the hosts. */
  private async admit(sql: Sql, pushes: readonly PushToWrite[]) {
    const agentIds = [...new Set(pushes.map(({ header }) => header.agentId))];
    const runs = new Map<string, KnownRun>((await lockHosts(sql, agentIds)).map((record) => [record.agentId, record]));
    const admitted = new Set<PushToWrite>();
    const updates = new Map<string, HostUpdate>();
    for (const push of pushes) {
      const { agentId } = push.header;
      const known = runs.get(agentId);
      const update = hostUpdate(push, known);
      const run = { runId: push.header.runId, bootId: push.header.bootId, machineId: push.header.agent.machineId };
      const judgement = judgeRun(known, run, update.newest, this.clock.now());
      if (judgement === 'cloned') continue;
      admitted.add(push);
      if (judgement === 'earlier') continue;
      updates.set(agentId, update);
      runs.set(agentId, { ...update, ...run, hostId: known?.hostId });
    }
    return { admitted, updates, runs };
  }

  private async writeContents(sql: Sql, fresh: readonly BatchRow[]): Promise<void> {
    const lifetimes = foldLifetimes(fresh);
    const late = await noteNamespaces(sql, fresh);
    await reopenMentioned(sql, lifetimes);
    await reopenLost(sql, late);
    await mergeLifetimes(sql, lifetimes);
    const newest = new Map<number, number>();
    for (const { hostId, standsAt } of fresh) newest.set(hostId, Math.max(newest.get(hostId) ?? 0, standsAt));
    const hostIds = [...newest.keys()].sort((a, b) => a - b);
    await endLifetimes(sql, hostIds);
    await keepSections(sql, newestSections(fresh));
    await keepSamples(sql, fresh);
    await keepAgentEvents(sql, fresh);
    await refreshHostLatest(
      sql,
      hostIds.map((hostId) => ({ hostId, newestAt: newest.get(hostId) ?? 0 })),
    );
  }
}

type KnownRun = Omit<HostRecord, 'hostId' | 'agentId'> & { readonly hostId: number | undefined };

function hostUpdate({ header, items }: PushToWrite, known: KnownRun | undefined): HostUpdate & { newest: number } {
  const instants = items.map(({ standsAt }) => standsAt);
  const oldest = Math.min(...instants);
  const newest = Math.max(...instants);
  const goesOn = known?.runId === header.runId;
  // Other namespaces are sampled less often, which is no measure of how the host is.
  const own = items.filter(({ snapshot }) => snapshot.netns === 0);
  const newestOwn = own.toSorted((a, b) => Date.parse(a.snapshot.takenAt) - Date.parse(b.snapshot.takenAt)).at(-1);
  const complete = items.some(({ snapshot }) => snapshot.complete && snapshot.netns === 0);
  return {
    header,
    newest,
    since: goesOn ? Math.min(known.since, oldest) : oldest,
    until: goesOn ? Math.max(known.until, newest) : newest,
    intervalMs:
      newestOwn?.snapshot.intervalMs ??
      known?.intervalMs ??
      Math.max(...items.map(({ snapshot }) => snapshot.intervalMs)),
    syncedRunId: complete ? header.runId : (known?.syncedRunId ?? null),
  };
}

interface BatchRow extends SnapshotRow {
  readonly push: PushToWrite;
  readonly key: string;
}

/** The snapshots of a transaction, each once: of repeats within it the first counts. */
class SnapshotBatch {
  private readonly rows = new Map<string, BatchRow>();

  add(hostId: number, push: PushToWrite, { snapshot, standsAt }: AcceptedItem): void {
    const key = snapshotKey(hostId, snapshot.netns, Date.parse(snapshot.takenAt));
    if (!this.rows.has(key)) this.rows.set(key, { hostId, push, key, snapshot, standsAt, runId: push.header.runId });
  }

  /** Ordered by key, so that two servers lock in the same order. */
  get snapshots(): BatchRow[] {
    return [...this.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  keepOnly(keys: ReadonlySet<string>): BatchRow[] {
    return [...this.rows.values()].filter(({ key }) => keys.has(key));
  }
}
