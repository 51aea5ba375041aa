import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type FleetPicture, type FleetWatch, type Host } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { allHosts } from '../hosts/hosts.queries.ts';
import { canSee } from '../rights/can-see.ts';
import { Clock } from '../time/clock.ts';
import { fleetTotals } from './fleet-totals.ts';
import { type LiveSocket, sendBounded } from './live-socket.ts';
import { Serial } from './serial.ts';

const TICK_MS = 1_000;

interface Entry {
  readonly host: Host;
  /** Differs whenever the host looks different. */
  readonly version: string;
}

type Frame = ReadonlyMap<string, Entry>;

interface Watcher {
  readonly ids: ReadonlySet<string> | undefined;
  /** Numbers this watcher's messages: each may see other hosts, so each has a chain of its own. */
  sequence: number;
  totals: string;
}

/** Shows the fleet live, coalesced to one round a second, hosts that fall silent included. Idle while nobody watches. */
@Injectable()
export class FleetStream implements OnModuleDestroy {
  private readonly logger = new Logger(FleetStream.name);
  private readonly watchers = new Map<LiveSocket, Watcher>();
  private readonly serial = new Serial();
  private frame: Frame | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.watchers.clear();
  }

  /** Adds the socket to the watchers, or changes which hosts it watches; `answer` gets the picture it goes on from. */
  async watch(watch: FleetWatch, socket: LiveSocket, answer: (picture: FleetPicture) => void): Promise<void> {
    await this.serial.run(async () => {
      this.frame ??= await this.read();
      if (!socket.connected) return;
      const ids = watch.ids === undefined ? undefined : new Set(watch.ids);
      const sequence = this.watchers.get(socket)?.sequence ?? 0;
      const watcher: Watcher = { ids, sequence, totals: '' };
      const totals = this.totalsFor(socket);
      watcher.totals = JSON.stringify(totals);
      answer({ cursor: String(sequence), totals, hosts: this.hostsFor(socket, watcher, [...this.frame.values()]) });
      this.watchers.set(socket, watcher);
    });
    if (this.watchers.size > 0) this.timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** Forgets a socket that is gone. */
  leave(socket: LiveSocket): void {
    this.watchers.delete(socket);
    if (this.watchers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    // Behind a watch that is being answered, which must find the frame that its picture came from.
    void this.serial.run(async () => {
      if (this.watchers.size === 0) this.frame = undefined;
      await Promise.resolve();
    });
  }

  private tick(): void {
    this.serial
      .run(() => this.tell())
      .catch((error: unknown) => {
        // The frame stays: what has changed meanwhile is told when the database is back.
        this.logger.debug(`The fleet could not be read for its watchers: ${coerceError(error).message}`);
      });
  }

  private async tell(): Promise<void> {
    const before = this.frame;
    if (this.watchers.size === 0 || before === undefined) return;
    const after = await this.read();
    this.frame = after;
    const changed = [...after.values()].filter(({ host, version }) => before.get(host.id)?.version !== version);
    for (const [socket, watcher] of this.watchers) {
      const totals = this.totalsFor(socket);
      const text = JSON.stringify(totals);
      if (text !== watcher.totals) {
        watcher.totals = text;
        sendBounded(socket, 'fleet:summary', { ...next(watcher), totals });
      }
      const hosts = this.hostsFor(socket, watcher, changed);
      if (hosts.length > 0) sendBounded(socket, 'fleet:delta', { ...next(watcher), hosts });
    }
  }

  private async read(): Promise<Frame> {
    const rows = await allHosts(this.dataSource.manager, this.clock.now());
    return new Map(rows.map(({ cursor, host }) => [host.id, { host, version: `${cursor} ${host.status}` }]));
  }

  private totalsFor(socket: LiveSocket) {
    const hosts = [...(this.frame?.values() ?? [])].map(({ host }) => host);
    return fleetTotals(hosts.filter((host) => canSee(socket.data.principal, host)));
  }

  private hostsFor(socket: LiveSocket, { ids }: Watcher, entries: readonly Entry[]): Host[] {
    return entries
      .map(({ host }) => host)
      .filter((host) => (ids === undefined || ids.has(host.id)) && canSee(socket.data.principal, host));
  }
}

function next(watcher: Watcher): { previousCursor: string; cursor: string } {
  const previousCursor = String(watcher.sequence++);
  return { previousCursor, cursor: String(watcher.sequence) };
}
