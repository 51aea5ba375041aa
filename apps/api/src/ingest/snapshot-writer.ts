import { Injectable } from '@nestjs/common';
import { type Sql } from '../database/data-source.ts';
import { sqlState } from '../database/database-faults.ts';
import { PartitionsService } from '../database/partitions.service.ts';
import { Clock } from '../time/clock.ts';
import { type Admission, admit, changesHost, type PushToWrite } from './admission.ts';
import { type HostRecord, StaleHostError } from './host-record.ts';
import { lockHosts, readHosts, upsertHosts } from './hosts.queries.ts';
import { type KnownHost, KnownHosts } from './known-hosts.ts';
import { MissingDaysError } from './missing-days.ts';
import { neededPartitions } from './needed-partitions.ts';
import { SnapshotBatch } from './snapshot-batch.ts';
import { insertSnapshots } from './snapshots.queries.ts';
import { type TouchedHost } from './touched-host.ts';
import { WriteConnections } from './write-connections.ts';
import { writeContents } from './write-contents.ts';

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
/** "deadlock detected": with another server, or with another group of ours. */
const DEADLOCK = '40P01';

/** One, one more with the hosts locked, and one with the days made that this one found missing. */
const ATTEMPTS = 3;

interface Written {
  readonly results: WriteResult[];
  /** The hosts as they are after the commit. */
  readonly hosts: readonly HostRecord[];
}

/** Writes pushes: snapshots, all they tell, and host_latest, in one transaction for all that are handed over together. */
@Injectable()
export class SnapshotWriter {
  private readonly known = new KnownHosts();

  constructor(
    private readonly connections: WriteConnections,
    private readonly partitions: PartitionsService,
    private readonly clock: Clock,
  ) {}

  /** One result for each push, in order. Nothing is stored when it throws. */
  async write(pushes: readonly PushToWrite[]): Promise<WriteResult[]> {
    let locked = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(pushes, locked);
      } catch (error) {
        const state = sqlState(error);
        const disturbed = error instanceof StaleHostError || state === DEADLOCK;
        const unprepared = error instanceof MissingDaysError || state === NO_PARTITION;
        // A host that was locked and is disturbed all the same will be the next time, too.
        if (attempt === ATTEMPTS || !(unprepared || (disturbed && !locked))) throw error;
        locked ||= disturbed;
        if (unprepared) this.partitions.forget();
        // Past retention: made for now, and gone in the next round of it.
        if (error instanceof MissingDaysError) await this.partitions.ensure('connection_ended', error.instants);
      }
    }
  }

  /** `locked`: no other server writes of these hosts meanwhile. */
  private async attempt(pushes: readonly PushToWrite[], locked: boolean): Promise<WriteResult[]> {
    // Before the transaction: making a table takes locks that should not be held until the commit.
    const needed = neededPartitions(pushes);
    for (const [table, instants] of needed) await this.partitions.ensure(table, instants);
    const agentIds = [...new Set(pushes.map(({ header }) => header.agentId))];
    const remembered = locked ? new Map<string, KnownHost>() : this.known.find(agentIds, performance.now());
    // Until the commit is known to have gone well nothing is sure of them.
    this.known.forget(agentIds);
    const { results, hosts } = await this.connections.transaction(async (sql) => {
      if (locked) await lockHosts(sql, agentIds);
      const known = new Map([...remembered].map(([agentId, { record }]) => [agentId, record]));
      const unread = agentIds.filter((agentId) => !known.has(agentId));
      if (unread.length > 0) for (const host of await readHosts(sql, unread)) known.set(host.agentId, host);
      return this.writeAll(sql, pushes, known);
    });
    this.known.keep(hosts, remembered, performance.now());
    return results;
  }

  private async writeAll(
    sql: Sql,
    pushes: readonly PushToWrite[],
    known: ReadonlyMap<string, HostRecord>,
  ): Promise<Written> {
    const admission = admit(pushes, known, this.clock.now());
    const changed = [...admission.updates].filter(([agentId, update]) => changesHost(known.get(agentId), update));
    const upserted = await upsertHosts(
      sql,
      changed.map(([, update]) => update),
    );
    const touched = new Map<number, TouchedHost>();
    const batch = new SnapshotBatch();
    for (const push of admission.admitted) {
      const { agentId } = push.header;
      const record = known.get(agentId);
      const hostId = record?.hostId ?? upserted.get(agentId);
      if (hostId === undefined) continue;
      const update = admission.updates.get(agentId);
      touched.set(hostId, { hostId, agentId, record, update, changed: upserted.has(agentId), fresh: [] });
      for (const item of push.items) batch.add(hostId, push, item);
    }
    const accepted = new Map<PushToWrite, number>();
    for (const row of batch.only(await insertSnapshots(sql, batch.snapshots))) {
      touched.get(row.hostId)?.fresh.push(row);
      accepted.set(row.push, (accepted.get(row.push) ?? 0) + 1);
    }
    const hosts = await writeContents(sql, [...touched.values()]);
    return { hosts, results: pushes.map((push) => resultOf(push, accepted.get(push) ?? 0, admission)) };
  }
}

function resultOf(push: PushToWrite, accepted: number, { admitted, updates }: Admission): WriteResult {
  if (!admitted.has(push)) return { outcome: 'cloned' };
  const { agentId, runId } = push.header;
  const update = updates.get(agentId);
  return {
    outcome: 'written',
    accepted,
    duplicate: push.items.length - accepted,
    resync: update?.header.runId === runId && update.syncedRunId !== runId,
  };
}
