/**
 * What leaks are told apart by: host and namespace, service (executable, and its lasting unit or container; not the pid, so
 * that a restart continues the same incident), direction, and the endpoint: the local port that is listened on (inbound) or the
 * peer that was dialled (outbound).
 */
export interface LeakSubject {
  readonly netns: number;
  /** Null: no process is known, and `ownership` says why. */
  readonly service: {
    readonly executable: string;
    readonly unit: string | null;
    readonly containerId: string | null;
  } | null;
  readonly ownership: 'known' | 'not_accepted' | 'hidden' | 'none';
  readonly direction: 'inbound' | 'outbound' | null;
  /** Null address: any. */
  readonly endpoint: { readonly address: string | null; readonly port: number };
}

/** A unit that outlives a restart; the scope of a session has another number each time, and is none. */
export function lastingUnit(unit: string | null | undefined): string | null {
  return unit?.endsWith('.service') === true ? unit : null;
}

/** One text for one subject. */
export function leakKey({ netns, service, ownership, direction, endpoint }: LeakSubject): string {
  return JSON.stringify([
    netns,
    service === null ? ownership : [service.executable, lastingUnit(service.unit), service.containerId],
    direction,
    endpoint.address,
    endpoint.port,
  ]);
}
