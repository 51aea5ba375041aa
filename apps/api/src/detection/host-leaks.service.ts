import { type LeakGroup, type LeakGroups } from '@closewatch/protocol';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { openIncidents } from '../incidents/incident-store.queries.ts';
import { RulesService } from '../rules/rules.service.ts';
import { isoInstant } from '../time/clock.ts';
import { HostMemory } from './host-memory.ts';
import { leakDetection } from './leak-detection.ts';
import { leakGroup } from './leak-group.ts';
import { NamespaceReader } from './namespace-reader.ts';
import { findWatchedHost } from './watched-hosts.queries.ts';

/** Hosts whose memory is kept for the next read. */
const KEPT_HOSTS = 64;
/** Told at once, besides those of open incidents: of a proxy there are as many as it has peers. */
const MOST_LEAKS = 200;

/** The leaks of a host as its newest snapshot has them; any server may be asked, whoever watches over the host. */
@Injectable()
export class HostLeaksService {
  /** Windows of hosts that were read lately, so that the next read costs one statement. The one read last is last. */
  private readonly memories = new Map<number, HostMemory>();
  private readonly reader: NamespaceReader;

  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly rules: RulesService,
  ) {
    this.reader = new NamespaceReader(dataSource.manager);
  }

  /** Of a namespace that has no connections in CLOSE_WAIT, or never was: none. The largest leaks first; of many those, and
   * those of open incidents. */
  async read({ hostId }: { readonly hostId: number }, netns: number): Promise<LeakGroups> {
    const sql = this.dataSource.manager;
    const host = await findWatchedHost(sql, hostId);
    const namespace = host?.namespaces.find((known) => known.netns === netns);
    if (host === undefined || namespace === undefined) return { takenAt: null, total: 0, items: [] };
    const memory = this.memoryOf(hostId);
    memory.meet(host);
    const incidents = await openIncidents(sql, [hostId]);
    const idOf = new Map(incidents.filter(({ rule }) => rule === 'leak').map(({ key, id }) => [key, id]));
    const seen = await this.reader.read(host, [namespace], memory, new Set(idOf.keys()));
    const total = seen.reduce((sum, { leaks }) => sum + leaks.length, 0);
    const items: LeakGroup[] = seen.flatMap(({ leaks, windows, at }) =>
      leaks
        .filter(({ key }, place) => place < MOST_LEAKS || idOf.has(key))
        .map((leak) => {
          const thresholds = this.rules.current().thresholdsOf(leak.subject.service);
          const { detection } = leakDetection(leak, windows, at, thresholds, { ...host, toldAt: null });
          return leakGroup(leak, detection, at, idOf.get(leak.key) ?? null);
        }),
    );
    return { takenAt: isoInstant(namespace.at), total, items };
  }

  private memoryOf(hostId: number): HostMemory {
    const memory = this.memories.get(hostId) ?? new HostMemory();
    this.memories.delete(hostId);
    this.memories.set(hostId, memory);
    const [oldest] = this.memories.keys();
    if (this.memories.size > KEPT_HOSTS && oldest !== undefined) this.memories.delete(oldest);
    return memory;
  }
}
