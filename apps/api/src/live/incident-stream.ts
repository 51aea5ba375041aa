import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type IncidentPicture } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { type FoundIncident } from '../incidents/incident-rows.ts';
import { findIncidents, incidentVersions } from '../incidents/incidents.queries.ts';
import { IncidentsFeed } from '../incidents/incidents-feed.ts';
import { IncidentsService } from '../incidents/incidents.service.ts';
import { canSee } from '../rights/can-see.ts';
import { Clock } from '../time/clock.ts';
import { IncidentWatcher } from './incident-watcher.ts';
import { type LiveSocket } from './live-socket.ts';
import { Serial } from './serial.ts';

/** What other servers change is found by asking so often; */
const TICK_MS = 1_000;
/** what this one changes is told sooner, and so is what a client had no room for. */
const SOON_MS = 100;
/** One that is resolved is asked for no longer, unless somebody watches it. */
const RESOLVED_MS = 60_000;

/**
 * Shows incidents live. Each client has a list of those it is to be told of, and is told what they are like then: one that is too
 * slow for every change misses some of them, and never the last. Idle while nobody watches.
 */
@Injectable()
export class IncidentStream implements OnModuleDestroy {
  private readonly logger = new Logger(IncidentStream.name);
  private readonly watchers = new Map<LiveSocket, IncidentWatcher>();
  private readonly serial = new Serial();
  private readonly unsubscribe: () => void;
  /** Versions by id as they were last seen. */
  private frame: Map<string, number> | undefined;
  /** Changed here since. */
  private readonly changedHere = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly incidents: IncidentsService,
    private readonly clock: Clock,
    feed: IncidentsFeed,
  ) {
    this.unsubscribe = feed.subscribe((ids) => {
      if (this.watchers.size === 0) return;
      for (const id of ids) this.changedHere.add(id);
      this.tellSoon();
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
    this.watchers.clear();
    this.rest();
  }

  /** The socket is told of all incidents from now on, or of those of some hosts. */
  async watchFleet(hostIds: readonly string[] | undefined, socket: LiveSocket): Promise<void> {
    await this.join(socket, (watcher) => watcher.watchFleet(hostIds));
  }

  /** Adds the socket to those who watch an incident; `answer` gets the incident as it is. Throws ApiError 404. */
  async watch(id: string, socket: LiveSocket, answer: (picture: IncidentPicture) => void): Promise<void> {
    await this.join(socket, async (watcher, frame) => {
      const incident = await this.incidents.details(socket.data.principal, id);
      if (!socket.connected) return;
      if (!frame.has(id)) frame.set(id, incident.version);
      answer({ cursor: String(incident.version), incident });
      watcher.incidents.add(id);
    });
  }

  unwatch(id: string, socket: LiveSocket): void {
    this.watchers.get(socket)?.incidents.delete(id);
    this.leaveIfIdle(socket);
  }

  /** Forgets a socket that is gone. */
  leave(socket: LiveSocket): void {
    this.watchers.delete(socket);
    if (this.watchers.size === 0) this.rest();
  }

  private async join(
    socket: LiveSocket,
    add: (watcher: IncidentWatcher, frame: Map<string, number>) => void | Promise<void>,
  ): Promise<void> {
    await this.serial.run(async () => {
      this.frame ??= await this.read([]);
      if (!socket.connected) return;
      const watcher = this.watchers.get(socket) ?? new IncidentWatcher(socket);
      this.watchers.set(socket, watcher);
      this.timer ??= setInterval(() => this.tick(), TICK_MS);
      try {
        await add(watcher, this.frame);
      } finally {
        this.leaveIfIdle(socket);
      }
    });
  }

  private leaveIfIdle(socket: LiveSocket): void {
    if (!socket.connected || this.watchers.get(socket)?.isIdle === true) this.leave(socket);
  }

  /** Nobody watches: what is known grows old, and is read again for whoever comes. */
  private rest(): void {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.timer = undefined;
    this.soon = undefined;
    this.frame = undefined;
    this.changedHere.clear();
  }

  private tellSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.tick();
    }, SOON_MS);
  }

  private tick(): void {
    this.serial
      .run(() => this.tell())
      .catch((error: unknown) => {
        // The frame stays: what has changed meanwhile is told when the database is back.
        this.logger.debug(`Incidents could not be read for their watchers: ${coerceError(error).message}`);
      });
  }

  private async tell(): Promise<void> {
    if (this.frame === undefined || this.watchers.size === 0) return;
    const asked = new Set(this.changedHere);
    for (const watcher of this.watchers.values()) for (const id of watcher.incidents) asked.add(id);
    const after = await this.read([...asked]);
    // Meanwhile the last watcher may have gone.
    const before = this.frame as Map<string, number> | undefined;
    if (before === undefined) return;
    for (const id of asked) this.changedHere.delete(id);
    for (const [id, version] of after) {
      const known = before.get(id);
      if (known === version) continue;
      for (const watcher of this.watchers.values()) watcher.queue(id, known === undefined);
    }
    this.frame = after;
    await this.send();
  }

  private async send(): Promise<void> {
    const watchers = [...this.watchers.values()];
    const ids = new Set(watchers.flatMap((watcher) => watcher.next()));
    if (ids.size > 0) {
      const found = await findIncidents(this.dataSource.manager, [...ids]);
      const incidents = new Map(found.map((one) => [one.incident.id, one]));
      for (const watcher of watchers) watcher.send((id) => visible(watcher, incidents.get(id)), ids);
    }
    if (watchers.some(({ isBehind }) => isBehind)) this.tellSoon();
  }

  private read(ids: readonly string[]): Promise<Map<string, number>> {
    return incidentVersions(this.dataSource.manager, this.clock.now() - RESOLVED_MS, ids);
  }
}

function visible({ socket }: IncidentWatcher, found: FoundIncident | undefined) {
  if (found === undefined) return undefined;
  const { incident, labels } = found;
  return canSee(socket.data.principal, { id: incident.hostId, labels }) ? incident : undefined;
}
