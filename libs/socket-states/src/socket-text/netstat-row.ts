import { excerpt, type TextOwner, type TextTimer } from './socket-text.ts';
import { type RowReading } from './socket-row.ts';
import { netstatState } from './state-words.ts';
import { familyOf } from './text-endpoint.ts';
import { firstWords, standingAlone, wholeNumber } from './words.ts';

/** Protocols of net-tools and busybox that are not TCP (netstat(8)). */
const OTHER = /^(?:udp|udpl|udplite|raw|icm|sctp|dccp|igmp|unix|ax25|ipx|netrom|rose|x25|l2cap|rfcomm|mptcp)[46]?\s/;

/** Whether a line looks like a row of netstat; ss puts a state where netstat has Recv-Q. */
export function isNetstatRow(line: string): boolean {
  return /^tcp6?\s+[^A-Z\s]/.test(line) || OTHER.test(line);
}

/**
 * A row of net-tools' or busybox's netstat:
 *
 *     tcp6       1      0 ::1:8080                ::1:51001               CLOSE_WAIT  4242/java
 */
export function readNetstatRow(line: string): RowReading {
  if (!line.startsWith('tcp')) return { kind: 'other' };
  const { words, rest } = firstWords(line, 6);
  const [protocol, recv, send, local, peer, word] = words;
  if (local === undefined || peer === undefined || word === undefined) {
    return { kind: 'bad', reason: 'a TCP socket without addresses or state: was the line cut?' };
  }
  const recvQueue = wholeNumber(recv);
  const sendQueue = wholeNumber(send);
  if (recvQueue === undefined || sendQueue === undefined || !local.includes(':') || !peer.includes(':')) {
    return { kind: 'bad', reason: 'a TCP socket whose queues or addresses are none' };
  }
  const state = netstatState(word);
  if (state === undefined) {
    return { kind: 'bad', reason: `no TCP state is called ${excerpt(word)}; with LC_ALL=C netstat speaks English` };
  }
  // net-tools writes mapped addresses (::ffff:192.0.2.1) as IPv4, in rows of tcp6; busybox knows no tcp6.
  const family = protocol === 'tcp6' ? 'ipv6' : familyOf(local);
  return { kind: 'socket', row: { state, family, recvQueue, sendQueue, local, peer, details: rest } };
}

/** Which optional columns a table has, by its heading; undefined without a heading. */
export interface NetstatColumns {
  readonly inodes: boolean;
  readonly owners: boolean;
}

export function netstatColumns(heading: string): NetstatColumns {
  return { inodes: /\sInode\s/.test(`${heading} `), owners: heading.includes('PID/') };
}

export interface NetstatDetails {
  readonly uid: number | null;
  readonly inode: number | null;
  readonly owners: readonly TextOwner[];
  readonly timer: TextTimer | null;
}

const NOTHING: NetstatDetails = { uid: null, inode: null, owners: [], timer: null };
const TIMER = /(?:^|\s)(off|on|keepalive|timewait|probe|unkn-\d+) \((\d+\.\d+)\/(\d+)\/(\d+)\)$/;
const TIMERS: Readonly<Record<string, TextTimer['kind']>> = {
  off: 'none',
  on: 'retransmit',
  keepalive: 'keepalive',
  timewait: 'time_wait',
  probe: 'zero_window_probe',
};

/** What follows the state: `1000  3375793  29450/node  keepalive (7195.12/0/0)` with -e, -p and -o. */
export function readNetstatDetails(details: string, columns: NetstatColumns | undefined): NetstatDetails {
  if (details === '') return NOTHING;
  const timed = TIMER.exec(details);
  const told = timed === null ? details : details.slice(0, timed.index);
  const [, user, inode, afterInode] = /^((?!\d+\/|-)\S+) +(\d{1,10})(?= |$)(.*)$/.exec(told) ?? [];
  const hasInode = inode !== undefined && columns?.inodes !== false;
  const [, pid, name] = /^ *(\d{1,7})\/(.*)$/.exec(hasInode ? (afterInode ?? '') : told) ?? [];
  const owner =
    pid === undefined || name === undefined || Number(pid) < 1
      ? []
      : [{ pid: Number(pid), name: standingAlone(name.trim()), descriptor: null }];
  return {
    uid: hasInode && user !== undefined ? (wholeNumber(user) ?? null) : null,
    inode: hasInode ? (wholeNumber(inode) ?? null) : null,
    owners: owner,
    timer: timed === null ? null : timerOf(timed),
  };
}

function timerOf([, kind = '', seconds = '', retransmits = '', probes = '']: RegExpExecArray): TextTimer | null {
  const known = TIMERS[kind];
  if (known === undefined) return null;
  const expiresInMs = Math.min(Math.round(Number(seconds) * 1_000), 4_294_967_295);
  const retries = Math.min(known === 'retransmit' ? Number(retransmits) : Number(probes), 255);
  return { kind: known, expiresInMs, retries };
}
