import { type Connection } from '@closewatch/protocol';
import { type FiveTuple } from '@closewatch/socket-states';
import { type IsEphemeral } from '../host/ephemeral-ports.ts';
import { type Listeners } from '../sockets/listeners.ts';

/** A CLOSE_WAIT socket at its first sight, and who listens at that moment. */
export interface Sight {
  readonly fiveTuple: FiveTuple;
  readonly inode: number;
  readonly listeners: Listeners;
  readonly isEphemeral: IsEphemeral;
}

/**
 * Which end dialled. Inbound where somebody listens on its local end, or it waits in a backlog (no inode yet), even if
 * the look missed whose. That nobody listens may only mean that the listener has closed: it is outbound when its local
 * port besides is one that the kernel gives to those who dial. Else null, nobody knows.
 */
export function directionOf({ fiveTuple, inode, listeners, isEphemeral }: Sight): Connection['direction'] {
  if (inode === 0 || listeners.listenAt(fiveTuple.local)) return 'inbound';
  return isEphemeral(fiveTuple.local.port) ? 'outbound' : null;
}
