import { type HostRecord } from './host-record.ts';

/** A host is read again after this time, even if nobody else seems to have written of it. */
const KEPT_MS = 60_000;
/** About a kilobyte each. */
const MOST = 20_000;

/**
 * Hosts as this server left them with its last commit, so that a push need not read its host. What is remembered may be
 * old, as another server may have written since: the commit finds that out by the host's cursor.
 */
export class KnownHosts {
  private readonly records = new Map<string, { readonly record: HostRecord; readonly until: number }>();

  /** Those that are remembered, by agentId. `now` in milliseconds on any clock that does not jump. */
  find(agentIds: Iterable<string>, now: number): Map<string, HostRecord> {
    const found = new Map<string, HostRecord>();
    for (const agentId of agentIds) {
      const kept = this.records.get(agentId);
      if (kept !== undefined && kept.until > now) found.set(agentId, kept.record);
    }
    return found;
  }

  /** Remembers what was committed. */
  keep(records: Iterable<HostRecord>, now: number): void {
    for (const record of records) {
      const kept = this.records.get(record.agentId);
      // Those that were read together are not to be read again together.
      const until = kept !== undefined && kept.until > now ? kept.until : now + KEPT_MS * (0.75 + Math.random() / 4);
      this.records.set(record.agentId, { record, until });
    }
    if (this.records.size > MOST) this.records.clear();
  }

  /** Of these nothing is sure any more. */
  forget(agentIds: Iterable<string>): void {
    for (const agentId of agentIds) this.records.delete(agentId);
  }
}
