import { type SocketTimer } from '@closewatch/protocol';
import { ipv4FromBytes, ipv6FromBytes, type Endpoint, type FiveTuple } from '@closewatch/socket-states';
import { LITTLE_ENDIAN } from './diag-format.ts';
import { type AcceptQueue } from './listeners.ts';
import { type CloseWaitSocket } from './socket-table.ts';
import { socketTimer } from './socket-timer.ts';

/** Widths of the two tables: how many hexadecimal digits an address has. */
export const TABLES = {
  tcp: { file: 'tcp', addressDigits: 8 },
  tcp6: { file: 'tcp6', addressDigits: 32 },
} as const;
export type ProcTable = (typeof TABLES)[keyof typeof TABLES];

const COLON = 0x3a;
const SPACE = 0x20;
const PORT_DIGITS = 4;

/**
 * The state in a line of /proc/net/tcp or tcp6 (net/ipv4/tcp_ipv4.c, get_tcp4_sock), `bytes` from `start` to `end`:
 *
 *     12: 0100007F:1F90 0100007F:C350 08 00000000:00000001 00:00000000 00000000  1000  0 54321 1 ...
 *
 * Undefined when the line is none: cut short, or bytes that do not belong there.
 */
export function stateNumberOf(bytes: Uint8Array, start: number, end: number, table: ProcTable): number | undefined {
  const local = startOfEndpoints(bytes, start, end);
  if (local === undefined) return undefined;
  const endpointWidth = table.addressDigits + 1 + PORT_DIGITS;
  const peer = local + endpointWidth + 1;
  const state = peer + endpointWidth + 1;
  if (state + 2 >= end || bytes[peer - 1] !== SPACE || bytes[state - 1] !== SPACE || bytes[state + 2] !== SPACE) {
    return undefined;
  }
  if (!isEndpoint(bytes, local, table) || !isEndpoint(bytes, peer, table)) return undefined;
  const high = hexDigit(bytes[state]);
  const low = hexDigit(bytes[state + 1]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

/** A LISTEN line. Its receive queue is the connections that wait to be accepted; how many may, it does not tell. */
export function listenerOf(line: string, table: ProcTable): { local: Endpoint; queue: AcceptQueue } | undefined {
  const fields = fieldsOf(line);
  if (fields === undefined) return undefined;
  return { local: endpointFromHex(fields.local, table), queue: { length: fields.recvQueue, limit: null } };
}

/** A CLOSE_WAIT line as a socket; undefined when a field is missing or no number. */
export function socketOf(line: string, table: ProcTable): CloseWaitSocket | undefined {
  const fields = fieldsOf(line);
  if (fields === undefined) return undefined;
  const { local, peer } = fields;
  return {
    key: `${local} ${peer}`,
    cookie: null,
    inode: fields.inode,
    uid: fields.uid,
    localPort: parseInt(local.slice(table.addressDigits + 1), 16),
    recvQueue: fields.recvQueue,
    sendQueue: fields.sendQueue,
    timer: () => timerOf(fields),
    fiveTuple: (): FiveTuple => ({
      transport: 'tcp',
      local: endpointFromHex(local, table),
      peer: endpointFromHex(peer, table),
    }),
  };
}

/** Whether a socket out of {@link socketOf} stands in /proc/net/tcp6: its key spells both addresses out. */
export function isOfTcp6({ key }: Pick<CloseWaitSocket, 'key'>): boolean {
  return String(key).length > 2 * TABLES.tcp6.addressDigits;
}

/** Fields between the queues and the uid, counted from the start of the line: the 8th is the uid, the 10th the inode. */
const UID_FIELD = 7;
const INODE_FIELD = 9;

/**
 * Whose the socket of a line is, whose state is known to be readable, read byte by byte; undefined when the line ends
 * before, or has no numbers there.
 */
export function heldBy(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly uid: number; readonly inode: number } | undefined {
  let uid: number | undefined;
  let field = -1;
  for (let at = start; at < end;) {
    if (bytes[at] === SPACE) {
      at++;
      continue;
    }
    field++;
    const from = at;
    while (at < end && bytes[at] !== SPACE) at++;
    if (field === UID_FIELD) uid = decimal(bytes, from, at);
    else if (field === INODE_FIELD) {
      const inode = decimal(bytes, from, at);
      return uid === undefined || inode === undefined ? undefined : { uid, inode };
    }
  }
  return undefined;
}

const FIELDS =
  /^\s*\d+: ([0-9A-F]+:[0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8}) ([0-9A-F]{2}):([0-9A-F]{1,16}) ([0-9A-F]{1,8}) +(\d{1,10}) +(-?\d{1,10}) +(\d{1,15})(?: |$)/;

interface Fields {
  local: string;
  peer: string;
  sendQueue: number;
  recvQueue: number;
  timer: number;
  /** In ticks of the clock that user space counts in (USER_HZ): a hundred a second on every Linux. */
  expiresInTicks: number;
  retransmits: number;
  /** Probes without an answer; the column is headed `timeout`. */
  probes: number;
  uid: number;
  inode: number;
}

function fieldsOf(line: string): Fields | undefined {
  const found = FIELDS.exec(line);
  if (found === null) return undefined;
  const [, local = '', peer = '', send = '', receive = '', timer = '', when = '', retransmits = ''] = found;
  const [probes, uid, inode] = [found[9], found[8], found[10]];
  return {
    local,
    peer,
    sendQueue: parseInt(send, 16),
    recvQueue: parseInt(receive, 16),
    timer: parseInt(timer, 16),
    expiresInTicks: parseInt(when, 16),
    retransmits: parseInt(retransmits, 16),
    probes: Number(probes),
    uid: Number(uid),
    inode: Number(inode),
  };
}

const RETRANSMIT = 1;
const TICK_MS = 10;

function timerOf({ timer, expiresInTicks, retransmits, probes }: Fields): SocketTimer | null {
  return socketTimer(timer, expiresInTicks * TICK_MS, timer === RETRANSMIT ? retransmits : Math.max(probes, 0));
}

/** `0100007F:1F90` is 127.0.0.1:8080: each 32-bit word in the machine's byte order, the port as a plain number. */
function endpointFromHex(text: string, table: ProcTable): Endpoint {
  const bytes = new Uint8Array(table.addressDigits / 2);
  for (let i = 0; i < bytes.length; i++) {
    const at = LITTLE_ENDIAN ? (i & ~3) + 3 - (i & 3) : i;
    bytes[at] = parseInt(text.slice(i * 2, i * 2 + 2), 16);
  }
  return {
    address: bytes.length === 4 ? ipv4FromBytes(bytes) : ipv6FromBytes(bytes),
    port: parseInt(text.slice(table.addressDigits + 1), 16),
  };
}

/** A number of 32 bits. */
function decimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return end > start && number <= 0xffff_ffff ? number : undefined;
}

/** Where the local endpoint of a line begins, after `  12: `; undefined when it is no line. The number grows past its four columns in a long table. */
export function startOfEndpoints(bytes: Uint8Array, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COLON) return at > start && bytes[at + 1] === SPACE ? at + 2 : undefined;
    if (byte !== SPACE && (byte < 0x30 || byte > 0x39)) return undefined;
  }
  return undefined;
}

function isEndpoint(bytes: Uint8Array, start: number, table: ProcTable): boolean {
  const colon = start + table.addressDigits;
  for (let at = start; at < colon; at++) if (hexDigit(bytes[at]) === undefined) return false;
  if (bytes[colon] !== COLON) return false;
  for (let at = colon + 1; at <= colon + PORT_DIGITS; at++) if (hexDigit(bytes[at]) === undefined) return false;
  return true;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : undefined;
}
