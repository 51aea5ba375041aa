import { type Connection } from '@closewatch/protocol';
import { type IsEphemeral } from '../host/ephemeral-ports.ts';
import { type Listeners } from '../sockets/listeners.ts';
import { type CloseWaitSocket } from '../sockets/socket-table.ts';

/** A CLOSE_WAIT socket at its first sight, and who listens at that moment. */
export interface Sight {
  readonly socket: Pick<CloseWaitSocket, 'inode' | 'localPort' | 'fiveTuple'>;
  readonly listeners: Listeners;
  readonly isEphemeral: IsEphemeral;
}

/**
 * Which end dialled. Inbound where somebody listens on its local end, or it waits in a backlog (no inode yet), even if
 * the look missed whose. That nobody listens may only mean that the listener has closed: it is outbound when its local
 * port besides is one that the kernel gives to those who dial. Else null, nobody knows.
 */
export function directionOf({ socket, listeners, isEphemeral }: Sight): Connection['direction'] {
  const { inode, localPort } = socket;
  if (inode === 0 || listeners.listenAnywhereAt(localPort)) return 'inbound';
  if (listeners.listenAtSome(localPort) && listeners.listenAt(socket.fiveTuple().local)) return 'inbound';
  return isEphemeral(localPort) ? 'outbound' : null;
}
