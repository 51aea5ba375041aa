import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A row of /proc/net/tcp or /proc/net/tcp6 (proc_net(5)). */
export interface KernelSocket {
  /** Number in include/net/tcp_states.h. */
  readonly state: number;
  readonly localPort: number;
  readonly peerPort: number;
  readonly sendQueue: number;
  readonly recvQueue: number;
  /** 0 no timer, 1 retransmit, 2 keepalive, 3 TIME_WAIT, 4 zero window probe. */
  readonly timer: number;
  readonly inode: number;
}

export const LISTEN = 10;
export const CLOSE_WAIT = 8;
export const TIME_WAIT = 6;
export const FIN_WAIT2 = 5;

/** Values of `timer`. */
export const KEEPALIVE = 2;
export const ZERO_WINDOW_PROBE = 4;

/** Sockets of this network namespace, of both families, that have `port` at either end. */
export function kernelSockets(port: number): KernelSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n').slice(1))
    .map(parseRow)
    .filter(({ localPort, peerPort }) => localPort === port || peerPort === port);
}

function parseRow(row: string): KernelSocket {
  const [, local = '', peer = '', state = '', queues = '', timer = '', , , , inode = ''] = row.trim().split(/\s+/);
  const hexAfterColon = (text: string): number => parseInt(text.split(':')[1] ?? '', 16);
  return {
    state: parseInt(state, 16),
    localPort: hexAfterColon(local),
    peerPort: hexAfterColon(peer),
    sendQueue: parseInt(queues, 16),
    recvQueue: hexAfterColon(queues),
    timer: parseInt(timer, 16),
    inode: Number(inode),
  };
}

/** Inodes of the sockets to which a process holds a descriptor. */
export function socketInodesOf(pid: number): Set<number> {
  const links = readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return ''; // closed since it was listed
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []).map(Number));
}
