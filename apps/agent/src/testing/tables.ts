import { emptyTally } from '@closewatch/socket-states';
import { Listeners } from '../sockets/listeners.ts';
import { type CloseWaitSocket, type SocketTable } from '../sockets/socket-table.ts';

/** Facts of a CLOSE_WAIT socket a test cares about; the rest is filled in. */
export interface LeakFacts {
  readonly cookie?: string | null;
  readonly inode?: number;
  readonly recvQueue?: number;
  readonly localPort?: number;
  readonly peerPort?: number;
}

export function leak({
  cookie = '1',
  inode = 7,
  recvQueue = 1,
  localPort = 8080,
  peerPort = 50_000,
}: LeakFacts = {}): CloseWaitSocket {
  const local = { address: '192.0.2.1', port: localPort };
  const peer = { address: '198.51.100.2', port: peerPort };
  return {
    key: cookie ?? `${local.port} ${peer.port}`,
    cookie,
    inode,
    uid: 1000,
    localPort,
    recvQueue,
    sendQueue: 0,
    timer: () => null,
    fiveTuple: () => ({ transport: 'tcp', local, peer }),
  };
}

export function tableOf(...closeWait: readonly CloseWaitSocket[]): SocketTable {
  const listeners = new Listeners();
  listeners.add({ address: '0.0.0.0', port: 8080 });
  return {
    source: closeWait.some(({ cookie }) => cookie === null) ? 'procfs' : 'netlink',
    counts: { ...emptyTally(), close_wait: closeWait.length },
    listeners,
    closeWait,
    missing: [],
  };
}
