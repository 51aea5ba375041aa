import type { LeakGroup } from '@closewatch/protocol';
import { formatEndpoint, leakKey } from '@closewatch/socket-states';
import type { HeardLeaks } from '../live/host-watch.ts';
import { baseName } from '../ui/process-name.ts';

/** A leak as its row shows it. */
export interface LeakRow {
  readonly key: string;
  readonly leak: LeakGroup;
  /** The unit, else the name of the program; null where no process is known. */
  readonly service: string | null;
  /** Where it listens is told by the port, whom it dials by the endpoint. */
  readonly endpoint: { readonly key: string; readonly port: number; readonly endpoint: string };
  /** `performance.now()` of when its age was heard. */
  readonly heardAt: number;
}

const ENDPOINTS = { inbound: 'leaks.at', outbound: 'leaks.to' } as const;

export function leakRows({ items, heardAt }: HeardLeaks): LeakRow[] {
  return items.map((leak) => ({ ...rowOf(leak), heardAt }));
}

/** Something has leaked, or an incident is open although nothing has any more. */
export function isLeaking({ leak: { leaked, level, incidentId } }: LeakRow): boolean {
  return leaked > 0 || level !== 'none' || incidentId !== null;
}

function rowOf(leak: LeakGroup): Omit<LeakRow, 'heardAt'> {
  const { service, direction, endpoint } = leak.subject;
  const { address, port } = endpoint;
  return {
    key: leakKey(leak.subject),
    leak,
    service: service === null ? null : nameOf(service),
    endpoint: {
      key: direction === null ? 'leaks.port' : ENDPOINTS[direction],
      port,
      endpoint: address === null ? String(port) : formatEndpoint({ address, port }),
    },
  };
}

function nameOf({ executable, unit }: NonNullable<LeakGroup['subject']['service']>): string {
  const name = baseName(executable);
  // Of what a person started in a session the unit says nothing.
  if (unit === null || !unit.endsWith('.service') || unit.startsWith('user@')) return name;
  return unit.slice(0, -'.service'.length);
}
