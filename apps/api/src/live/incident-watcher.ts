import { type Incident } from '@closewatch/protocol';
import { hasRoom, type LiveSocket, sendBounded } from './live-socket.ts';

/** As many are read for a client at a time as may wait for it. */
const AT_ONCE = 16;

/** What one client wants to know of incidents, and what it is still to be told. */
export class IncidentWatcher {
  /** Those it watches one by one. */
  readonly incidents = new Set<string>();
  private fleet: { readonly hostIds: ReadonlySet<string> | undefined } | undefined;
  /** Incidents to tell of, those that wait longest first; whether the client has not heard of it before. */
  private readonly waiting = new Map<string, boolean>();

  constructor(readonly socket: LiveSocket) {}

  /** It wants nothing. */
  get isIdle(): boolean {
    return this.fleet === undefined && this.incidents.size === 0;
  }

  get isBehind(): boolean {
    return this.waiting.size > 0;
  }

  watchFleet(hostIds: readonly string[] | undefined): void {
    this.fleet = { hostIds: hostIds === undefined ? undefined : new Set(hostIds) };
  }

  /** Something of an incident is new; `unheard`: all of it is. */
  queue(id: string, unheard: boolean): void {
    if (this.fleet === undefined && !this.incidents.has(id)) return;
    this.waiting.set(id, this.waiting.get(id) ?? unheard);
  }

  /** What could be told now. */
  next(): string[] {
    return hasRoom(this.socket) ? [...this.waiting.keys()].slice(0, AT_ONCE) : [];
  }

  /** Tells of those that were read; `find` gives an incident as it is, if the client may know of it. */
  send(find: (id: string) => Incident | undefined, read: ReadonlySet<string>): void {
    for (const [id, unheard] of this.waiting) {
      if (!read.has(id)) continue;
      if (!hasRoom(this.socket)) return;
      this.waiting.delete(id);
      const incident = find(id);
      if (incident === undefined || !this.wants(incident)) continue;
      const opened = unheard && this.fleet !== undefined && incident.state === 'open';
      const news = { cursor: String(incident.version), incident };
      sendBounded(this.socket, opened ? 'incident:opened' : 'incident:changed', news);
    }
  }

  private wants({ id, hostId }: Incident): boolean {
    if (this.incidents.has(id)) return true;
    if (this.fleet === undefined) return false;
    return this.fleet.hostIds === undefined || this.fleet.hostIds.has(hostId);
  }
}
