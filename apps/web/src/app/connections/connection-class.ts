import type { ConnectionItem } from '@closewatch/protocol';

/**
 * What sets a CLOSE_WAIT connection apart from an ordinary one: `orphaned` (left the kernel, its descriptor is open),
 * `neverAccepted` (in a listener's queue), `inherited` (several processes hold it), `hidden` (the agent may not see who),
 * `nobody` (no process has it).
 */
export type ConnectionClass = 'orphaned' | 'neverAccepted' | 'inherited' | 'hidden' | 'nobody';

export function connectionClass(
  connection: Pick<ConnectionItem, 'endedAs' | 'ownership' | 'owners'>,
): ConnectionClass | null {
  if (connection.endedAs === 'orphaned') return 'orphaned';
  if (connection.owners.length > 1) return 'inherited';
  if (connection.owners.length === 1) return null;
  switch (connection.ownership) {
    case 'not_accepted':
      return 'neverAccepted';
    case 'hidden':
      return 'hidden';
    case 'known':
    case 'none':
      return 'nobody';
  }
}
