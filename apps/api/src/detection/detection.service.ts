import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { coerceError } from '../errors/coerce-error.ts';
import { databaseFault, isStatementTimeout } from '../database/database-faults.ts';
import { openIncidents } from '../incidents/incident-store.queries.ts';
import { type StoredIncident } from '../incidents/kept-incident.ts';
import { DetectionHealth } from '../metrics/detection-health.ts';
import { LeakFigures } from '../metrics/leak-figures.ts';
import { RulesService } from '../rules/rules.service.ts';
import { Clock } from '../time/clock.ts';
import { DetectionTransactions } from './detection-transactions.ts';
import { detectAll, leakSubjects } from './host-detections.ts';
import { Hearing } from './hearing.ts';
import { HostMemory } from './host-memory.ts';
import { silence } from './host-rules.ts';
import { IncidentKeeper } from './incident-keeper.ts';
import { leakFiguresOf } from './leak-figures-of.ts';
import { type Look, NamespaceReader } from './namespace-reader.ts';
import { readRestarts } from './restarts.queries.ts';
import { ShardLocks } from './shard-locks.ts';
import { readWatchedHosts, type WatchedHost } from './watched-hosts.queries.ts';

/** Where it is injected whether this process watches over hosts by itself. */
export const DETECTS = Symbol('detects');

/** Pause between two rounds. A round that took long is followed by as long a pause: detection takes half of a CPU at most. */
const PAUSE_MS = 2_000;
const RETRY_MS = 5_000;
/** Hosts that are looked at by one statement. */
const BATCH = 100;
/** A host of so many CLOSE_WAIT connections is looked at alone, and no more often than each `rest` times as long as it took. */
const MANY = 2_000;
const REST = 20;
/** Silent hosts are looked at no more often. */
const SILENT_EVERY_MS = 15_000;
/** Nor those that could not be looked at. */
const TROUBLE_RESTS_MS = 60_000;
/** A host that was silent for so long when we first heard of it is none that has just gone. */
const LONG_GONE_MS = 86_400_000;
const RESTARTS_MS = 2 * 3_600_000;

interface Watched {
  readonly memory: HostMemory;
  cursor: string;
  /** Not before this instant. */
  restsUntil: number;
  /** When it was looked at, or seen to have no news, last. */
  checkedAt: number;
  /** It could not be looked at: next time alone, and after all others. */
  isTroubled: boolean;
}

/** Watches over the hosts of this server's shards: what is new of them is judged, and becomes incidents. */
@Injectable()
export class DetectionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DetectionService.name);
  private readonly stopping = new AbortController();
  private readonly hosts = new Map<number, Watched>();
  private readonly hearing = new Hearing();
  private readonly reader: NamespaceReader;
  private working: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DETECTS) private readonly detects: boolean,
    private readonly locks: ShardLocks,
    private readonly transactions: DetectionTransactions,
    private readonly keeper: IncidentKeeper,
    private readonly rules: RulesService,
    private readonly figures: LeakFigures,
    private readonly health: DetectionHealth,
    private readonly clock: Clock,
  ) {
    this.reader = new NamespaceReader(transactions.sql);
    health.pool = transactions.connections;
  }

  onApplicationBootstrap(): void {
    if (this.detects) this.working = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.working;
    await this.locks.release();
  }

  /** What is remembered of a host, where it is one of ours. */
  memoryOf(hostId: number): HostMemory | undefined {
    return this.hosts.get(hostId)?.memory;
  }

  /** Looks once at every host of ours that has news. Throws when the database is away. */
  async round(): Promise<void> {
    const now = this.clock.now();
    const started = performance.now();
    this.hearing.begins(now);
    await this.locks.renew();
    const { sql } = this.transactions;
    const hosts = await readWatchedHosts(sql, [...this.locks.owned]);
    this.forgetAllBut(new Set(hosts.map(({ hostId }) => hostId)));
    const open = Map.groupBy(
      await openIncidents(
        sql,
        hosts.map(({ hostId }) => hostId),
      ),
      ({ hostId }) => hostId,
    );
    const due = hosts.filter((host) => this.isDue(host, now));
    for (const batch of batches(due, ({ hostId }) => this.hosts.get(hostId)?.isTroubled ?? false)) {
      this.stopping.signal.throwIfAborted();
      // Whoever lost the lock meanwhile leaves the rest to the new owner.
      const ours = batch.filter(({ hostId }) => this.locks.owns(hostId));
      if (ours.length > 0) await this.lookOrSplit(ours, open, now);
    }
    await this.keeper.gather(() => this.clock.now());
    const endedAt = this.clock.now();
    this.hearing.ends(endedAt);
    this.health.round = {
      shards: this.locks.owned.size,
      hosts: hosts.length,
      troubled: [...this.hosts.values()].filter(({ isTroubled }) => isTroubled).length,
      tookMs: performance.now() - started,
      endedAt,
    };
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const started = performance.now();
      let pauseMs: number;
      try {
        await this.round();
        pauseMs = Math.max(PAUSE_MS, performance.now() - started);
      } catch (error) {
        if (!signal.aborted) this.logger.warn(`Detection goes on in some seconds: ${coerceError(error).message}`);
        pauseMs = RETRY_MS;
      }
      this.hearing.pauses(pauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private forgetAllBut(ours: ReadonlySet<number>): void {
    for (const hostId of this.hosts.keys()) {
      if (ours.has(hostId)) continue;
      this.hosts.delete(hostId);
      this.figures.forget(hostId);
    }
  }

  private isDue({ hostId, cursor, lastSeenAt, intervalMs }: WatchedHost, now: number): boolean {
    const watched = this.hosts.get(hostId);
    if (watched === undefined) return true;
    if (now < watched.restsUntil) return false;
    const { silentMs, intervals } = this.rules.current().thresholds.hostSilent;
    if (watched.cursor !== cursor || now - lastSeenAt > Math.max(silentMs, intervals * intervalMs)) return true;
    watched.checkedAt = now;
    return false;
  }

  /** A host that cannot be looked at (a damaged section, a statement that takes too long) holds up none of the others. */
  private async lookOrSplit(
    hosts: readonly WatchedHost[],
    open: ReadonlyMap<number, readonly StoredIncident[]>,
    roundAt: number,
  ): Promise<void> {
    try {
      await this.look(hosts, open, roundAt);
    } catch (error) {
      if (databaseFault(error) === 'away' && !isStatementTimeout(error)) throw error;
      const [first, ...others] = hosts;
      if (others.length > 0) {
        for (const host of hosts) await this.lookOrSplit([host], open, roundAt);
      } else if (first !== undefined) {
        this.logger.warn(`Host ${first.agentId} cannot be looked at; it is tried again: ${coerceError(error).message}`);
        const { memory = new HostMemory(), cursor = '' } = this.hosts.get(first.hostId) ?? {};
        const restsUntil = this.clock.now() + TROUBLE_RESTS_MS;
        this.hosts.set(first.hostId, { memory, cursor, restsUntil, checkedAt: roundAt, isTroubled: true });
      }
    }
  }

  private async look(
    hosts: readonly WatchedHost[],
    open: ReadonlyMap<number, readonly StoredIncident[]>,
    roundAt: number,
  ): Promise<void> {
    const { sql } = this.transactions;
    const looks = hosts.map((host) => this.lookAt(host, open.get(host.hostId) ?? [], roundAt));
    await this.reader.readPast(looks);
    // What was is read seldom: a host rests for as long as what is new of it takes.
    const started = performance.now();
    const seen = Map.groupBy(await this.reader.readAll(looks), ({ hostId }) => hostId);
    const withIncidents = hosts.map(({ hostId }) => hostId).filter((hostId) => open.has(hostId));
    const restarts = await readRestarts(sql, withIncidents, this.clock.now() - RESTARTS_MS);
    const tookMs = performance.now() - started;
    const rules = this.rules.current();
    for (const { host, memory } of looks) {
      if (!this.locks.owns(host.hostId)) continue;
      const incidents = open.get(host.hostId) ?? [];
      const news = { host, memory, seen: seen.get(host.hostId) ?? [], open: incidents, rules };
      const now = this.clock.now();
      const silent = silence(host, now, rules);
      const isSilent = silent.detection.level !== 'none';
      const found = detectAll({ ...news, restarts: restarts.get(host.hostId) ?? [] });
      this.figures.tell(host.hostId, leakFiguresOf(found));
      // Of a host that we could not have heard nothing is said, neither that it is silent nor what it told last.
      if (!isSilent || this.couldHear(host, now)) {
        const silentSince = isSilent ? host.lastSeenAt : null;
        const moment = { hostId: host.hostId, now, silentSince };
        const isLongGone = now - host.lastSeenAt > LONG_GONE_MS;
        const goesOn = incidents.some(({ rule }) => rule === 'host_silent');
        const told = isLongGone ? (goesOn ? [silent] : []) : [...found, silent];
        await this.keeper.keep({ host, memory, found: told, moment, rules }, incidents);
      }
      const restMs = hosts.length === 1 ? tookMs * REST : 0;
      const restsUntil = now + (isSilent ? SILENT_EVERY_MS : restMs);
      this.hosts.set(host.hostId, { memory, cursor: host.cursor, restsUntil, checkedAt: roundAt, isTroubled: false });
    }
  }

  /** A host to be looked at: those of its namespaces that show something, or did. */
  private lookAt(host: WatchedHost, open: readonly StoredIncident[], roundAt: number): Look {
    const { memory = new HostMemory(), checkedAt = roundAt } = this.hosts.get(host.hostId) ?? {};
    memory.meet(host);
    const leaks = leakSubjects(open);
    memory.keep(
      leaks.map(([, subject]) => subject),
      host.intervalMs,
    );
    const namespaces = host.namespaces.filter(
      ({ netns, closeWait }) => closeWait > 0 || !memory.windows(netns).isEmpty,
    );
    return { host, namespaces, memory, kept: new Set(leaks.map(([key]) => key)), uncheckedMs: roundAt - checkedAt };
  }

  /** Whether we have heard for longer than silence takes. */
  private couldHear({ intervalMs }: WatchedHost, now: number): boolean {
    const { silentMs, intervals } = this.rules.current().thresholds.hostSilent;
    return this.hearing.heardMs(now) > Math.max(silentMs, intervals * intervalMs);
  }
}

/** Hosts of many connections alone, others together; those that made trouble alone and last. */
function* batches(
  hosts: readonly WatchedHost[],
  isTroubled: (host: WatchedHost) => boolean,
): Generator<readonly WatchedHost[]> {
  const isLarge = ({ namespaces }: WatchedHost): boolean =>
    namespaces.reduce((sum, { closeWait }) => sum + closeWait, 0) >= MANY;
  const sound = hosts.filter((host) => !isTroubled(host));
  const others = sound.filter((host) => !isLarge(host));
  for (let first = 0; first < others.length; first += BATCH) yield others.slice(first, first + BATCH);
  for (const host of sound) if (isLarge(host)) yield [host];
  for (const host of hosts) if (isTroubled(host)) yield [host];
}
