import type { HeardConnection } from '../live/host-watch.ts';
import { baseName } from '../ui/process-name.ts';
import type { ConnectionChanges } from './connection-changes.ts';

export interface ChangedGroup {
  /** Of the process or the peer; empty: of all the others together. */
  readonly name: string;
  readonly appeared: number;
  readonly vanished: number;
}

/** More groups than these are summed. */
const SHOWN = 8;

/** What appeared and vanished, by the process that holds it or by the peer's address; the most changed first. */
export function changesByGroup(
  { appeared, vanished }: ConnectionChanges,
  by: 'process' | 'peer',
): readonly ChangedGroup[] {
  const groups = new Map<string, { appeared: number; vanished: number }>();
  const add = (connections: readonly HeardConnection[], change: 'appeared' | 'vanished') => {
    for (const connection of connections) {
      const name = nameOf(connection, by);
      const group = groups.get(name) ?? { appeared: 0, vanished: 0 };
      group[change]++;
      groups.set(name, group);
    }
  };
  add(appeared, 'appeared');
  add(vanished, 'vanished');
  const sorted = [...groups]
    .map(([name, counts]) => ({ name, ...counts }))
    .sort((a, b) => b.appeared + b.vanished - (a.appeared + a.vanished) || (a.name < b.name ? -1 : 1));
  const others = sorted.slice(SHOWN);
  if (others.length === 0) return sorted;
  const sum = (change: 'appeared' | 'vanished') => others.reduce((total, group) => total + group[change], 0);
  return [...sorted.slice(0, SHOWN), { name: '', appeared: sum('appeared'), vanished: sum('vanished') }];
}

function nameOf({ owners: [owner], ownership, peer }: HeardConnection, by: 'process' | 'peer'): string {
  if (by === 'peer') return peer.address;
  return owner === undefined ? ownership : `${baseName(owner.executable)} ${owner.pid}`;
}
