import { type TextInfo, type TextOwner, type TextTimer } from './socket-text.ts';
import { standingAlone, wholeNumber } from './words.ts';

/** What follows both ends in a row of ss (-p, -o, -e), and with -O what -i tells too. Null: not told. */
export interface SsDetails {
  readonly uid: number | null;
  readonly inode: number | null;
  readonly cookie: string | null;
  readonly owners: readonly TextOwner[];
  readonly timer: TextTimer | null;
}

/** More share one socket only where something is very wrong. */
const MOST_OWNERS = 64;
const USERS = 'users:(';

export function readSsDetails(details: string): SsDetails {
  const { owners, rest } = readUsers(details);
  const inode = wholeNumber(field(rest, 'ino'));
  const cookie = field(rest, 'sk');
  return {
    // ss leaves out uid 0.
    uid: wholeNumber(field(rest, 'uid')) ?? (inode === undefined ? null : 0),
    inode: inode ?? null,
    cookie: cookie !== undefined && /^[0-9a-f]{1,16}$/.test(cookie) ? standingAlone(cookie) : null,
    owners,
    timer: readTimer(rest),
  };
}

/** What `-i` tells, on the line after the row or behind it; null when there is nothing of it. ss leaves out zeros. */
export function readInfo(text: string): TextInfo | null {
  if (!/(?:^|\s)(?:cwnd|rto|lastack):/.test(text)) return null;
  const number = (name: string): number => wholeNumber(field(text, name)) ?? 0;
  const acked = field(text, 'bytes_acked');
  return {
    lastSentMs: number('lastsnd'),
    lastReceivedMs: number('lastrcv'),
    lastAckMs: number('lastack'),
    bytesAcked: acked !== undefined && /^\d{1,15}$/.test(acked) ? Number(acked) : 0,
  };
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`(?:^|\\s)${name}:(\\S+)`).exec(text)?.[1];
}

/**
 * `users:(("nginx",pid=7,fd=12),("nginx",pid=8,fd=12))`. A name is anything of at most 15 bytes (TASK_COMM_LEN), quotes
 * and parentheses too: the longest one that fits is right, because what parts two entries is longer than that.
 */
const OWNER = /\("(.{0,15})",pid=(\d{1,7})(?:,tid=\d+)?(?:,proc_ctx=[^,()]*)?,fd=(\d{1,10})(?:,file_ctx=[^,()]*)?\)/y;
/** As iproute2 wrote it before 3.19. */
const OLD_OWNER = /\("(.{0,15}?)",(\d{1,7}),(\d{1,10})\)/y;

function readUsers(details: string): { owners: TextOwner[]; rest: string } {
  const owners: TextOwner[] = [];
  if (!details.startsWith(USERS)) return { owners, rest: details };
  let at = USERS.length;
  for (;;) {
    const entry = matchAt(OWNER, details, at) ?? matchAt(OLD_OWNER, details, at);
    if (entry === null) break;
    const [whole, name = '', pid, descriptor] = entry;
    const owner = { pid: Number(pid), name: standingAlone(name), descriptor: Number(descriptor) };
    if (owners.length < MOST_OWNERS && owner.pid > 0 && owner.descriptor <= 2_147_483_647) owners.push(owner);
    at += whole.length;
    if (details[at] !== ',') break;
    at++;
  }
  // Names may hold anything: what is left of a list that ends otherwise cannot be told from what follows it.
  if (details[at] !== ')') return { owners: [], rest: '' };
  return { owners, rest: details.slice(at + 1) };
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

const TIMERS: Readonly<Record<string, TextTimer['kind']>> = {
  off: 'none',
  on: 'retransmit',
  keepalive: 'keepalive',
  timewait: 'time_wait',
  persist: 'zero_window_probe',
};

/** `timer:(keepalive,1min30sec,0)`. */
function readTimer(text: string): TextTimer | null {
  const [, name = '', duration = '', retries] = /(?:^|\s)timer:\(([a-z]+),([^,()]*),(\d{1,5})\)/.exec(text) ?? [];
  const kind = TIMERS[name];
  const expiresInMs = readDuration(duration);
  if (kind === undefined || expiresInMs === undefined) return null;
  return { kind, expiresInMs, retries: Math.min(Number(retries), 255) };
}

/**
 * Milliseconds, from ss's spelling (misc/ss.c, print_ms_timer): `12min`, `1min30sec`, `30sec`, `204ms`, and `9.500ms` for
 * nine and a half seconds. Nothing is 0.
 */
export function readDuration(text: string): number | undefined {
  const [, minutes, seconds, fraction, milliseconds] =
    /^(?:(\d{1,8})min)?(?:(\d{1,2})(?:sec|\.(\d{3})ms))?(?:(\d{1,3})ms)?$/.exec(text) ?? [];
  if (text !== '' && [minutes, seconds, milliseconds].every((part) => part === undefined)) return undefined;
  const total =
    Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1_000 + Number(fraction ?? 0) + Number(milliseconds ?? 0);
  return Math.min(total, 4_294_967_295);
}
