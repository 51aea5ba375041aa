import { type HostRecord } from './host-record.ts';

/** A host is read again after this time, even if nobody else seems to have written of it. */
const KEPT_MS = 60_000;
/** About a kilobyte each. */
const MOST = 20_000;

/** A host as it is remembered. */
export interface KnownHost {
  readonly record: HostRecord;
  /** When it is to be read again, on the clock of {@link KnownHosts.find}. */
  readonly until: number;
}

/**
 * Hosts as this server left them with its last commit, so that a push need not read its host. What is remembered may be
 * old, as another server may have written since: the commit finds that out by the host's cursor.
 */
export class KnownHosts {
  private readonly records = new Map<string, KnownHost>();

  /** Those that are remembered, by agentId. `now` in milliseconds on any clock that does not jump. */
  find(agentIds: Iterable<string>, now: number): Map<string, KnownHost> {
    const found = new Map<string, KnownHost>();
    for (const agentId of agentIds) {
      const kept = this.records.get(agentId);
      if (kept !== undefined && kept.until > now) found.set(agentId, kept);
    }
    return found;
  }

  /** Remembers what was committed. Those that were `found` were not read anew, and keep the time they had left. */
  keep(records: Iterable<HostRecord>, found: ReadonlyMap<string, KnownHost>, now: number): void {
    for (const record of records) {
      // Those that were read together are not to be read again together.
      const until = found.get(record.agentId)?.until ?? now + KEPT_MS * (0.75 + Math.random() / 4);
      this.records.set(record.agentId, { record, until });
    }
    if (this.records.size > MOST) this.records.clear();
  }

  /** Of these nothing is sure any more. */
  forget(agentIds: Iterable<string>): void {
    for (const agentId of agentIds) this.records.delete(agentId);
  }
}
