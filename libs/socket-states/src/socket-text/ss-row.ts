import { excerpt } from './socket-text.ts';
import { type RowReading } from './socket-row.ts';
import { ssState } from './state-words.ts';
import { familyOf } from './text-endpoint.ts';
import { firstWords, wholeNumber } from './words.ts';

/** The column Netid of ss(8), which it prints where it was not asked for one protocol. */
const NETIDS =
  /^(?:nl|tcp|mptcp|udp|raw|icmp6?|dccp|sctp|u_str|u_dgr|u_seq|p_raw|p_dgr|v_str|v_dgr|ti_sd|ti_rd|ti_dg|ti_sq|xdp|vsock|tipc|\?\?\?|unknown)$/;

/** Whether a line looks like a row of ss: a state, after a Netid or not. What follows may still be anything. */
export function isSsRow(line: string): boolean {
  const [first = '', second = ''] = firstWords(line, 2).words;
  if (NETIDS.test(first)) return ssState(second) !== undefined;
  return ssState(first) !== undefined && /^\d/.test(second);
}

/**
 * A row of ss:
 *
 *     CLOSE-WAIT 1      0      [::1]:8080      [::1]:51001 users:(("java",pid=4242,fd=87)) ino:3375 sk:837f3
 */
export function readSsRow(line: string): RowReading {
  const [netid = ''] = firstWords(line, 1).words;
  const hasNetid = NETIDS.test(netid);
  if (hasNetid && netid !== 'tcp') return { kind: 'other' };
  const { words, rest } = firstWords(line, hasNetid ? 6 : 5);
  const [word = '', recv, send, local, peer] = hasNetid ? words.slice(1) : words;
  const state = ssState(word);
  if (state === undefined) return { kind: 'bad', reason: `no TCP state is called ${excerpt(word)}` };
  const recvQueue = wholeNumber(recv);
  const sendQueue = wholeNumber(send);
  if (recvQueue === undefined || sendQueue === undefined) {
    return { kind: 'bad', reason: 'a TCP socket whose queues are no numbers' };
  }
  if (local?.includes(':') !== true || peer?.includes(':') !== true) {
    return { kind: 'bad', reason: 'a TCP socket without both addresses: was the line cut?' };
  }
  return { kind: 'socket', row: { state, family: familyOf(local), recvQueue, sendQueue, local, peer, details: rest } };
}
