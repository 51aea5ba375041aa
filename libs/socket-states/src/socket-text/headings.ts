import { type SocketTool } from './socket-text.ts';

/** Which sockets a table shows: all (-a), those with a peer, listeners alone (-l); undefined where it is not told. */
export type Scope = 'all' | 'connected' | 'listening' | undefined;

/** A line that is no socket and yet known. */
export type Heading =
  /** `Active Internet connections (w/o servers)` */
  | { readonly kind: 'title'; readonly scope: Scope }
  /** The line of column names over a table of TCP sockets. */
  | { readonly kind: 'columns'; readonly tool: SocketTool }
  /** Over a table of others, such as UNIX sockets. */
  | { readonly kind: 'other' }
  /** A warning that ss and netstat are known to give, when both streams go into one file. */
  | { readonly kind: 'warning' }
  /** An output that is of no use here, and why. */
  | { readonly kind: 'useless'; readonly reason: string };

const NO_STATE =
  'a table of ss without the column State, as `ss state close-wait` prints it: one state alone counts nothing. ' +
  'Send `ss -tan`';
const LISTENING_ALONE = 'a table of listening sockets alone (-l): send `netstat -n` or `netstat -an`';
const WINDOWS = "this is netstat of Windows; Closewatch reads Linux's";
const BSD = "this is netstat of macOS or a BSD; Closewatch reads Linux's";

/** The order matters: the first that fits counts. */
const USELESS: readonly (readonly [RegExp, string])[] = [
  [/^(?:Netid\s+)?Recv-Q\s+Send-Q/, NO_STATE],
  [/^Active Internet connections \(only servers\)/, LISTENING_ALONE],
  [/^Active (?:Internet|LOCAL|Multipath|kernel).*(?:\(including servers\)|\(UNIX\))/, BSD],
  [/^Active Internet connections$/, BSD],
  [/^Proto\s.*\(state\)/, BSD],
  [/^tcp4\s|^tcp46\s|^tcp6\s+\d+\s+\d+\s+\S+\.(?:\d+|\*)\s/, BSD],
  [/^\s*Active Connections\s*$/, WINDOWS],
  [/^\s*Proto\s+Local Address\s+Foreign Address/, WINDOWS],
  [/^\s+TCP\s+\S+:\d+\s/, WINDOWS],
];

const ELSE: readonly (readonly [RegExp, string])[] = [
  [/^sl\s+local_address/, 'this is /proc/net/tcp, not the output of a tool: send `netstat -n` or `ss -tan`'],
  [/^COMMAND\s+PID/, 'this is lsof; send `ss -tanp`'],
  [
    /^Kernel (?:IP routing|Interface) table/,
    'this is a routing or interface table (netstat -r, -i); send `netstat -n`',
  ],
  [/^Total: \d+/, 'this is the summary of ss (-s); send `ss -tan`'],
  [/^(?:Ip|Icmp|Tcp|Udp|IpExt|TcpExt|MPTcpExt):$/, 'these are the statistics of netstat (-s); send `netstat -n`'],
  [
    /^(?:\d+\s+)?[A-Z][A-Z_]+[12]?(?:\s+\d+)?$/,
    'this is a summary, without the sockets; send `netstat -n` or `ss -tan`',
  ],
  [/^[{[]/, 'this is JSON; agents push theirs to /api/v1/snapshots'],
  [/^</, 'this is HTML or XML'],
  [/^# (?:HELP|TYPE) /, 'these are metrics of Prometheus'],
  [/^(?:usage|Usage):?\s|: invalid option|: unrecognized option/, 'the tool refused its options'],
  [/: (?:command )?not found$|: No such file or directory$|: Permission denied$/, 'the tool did not run'],
];

const WARNINGS =
  /^(?:\(Not all processes could be identified|\s*will not be shown, you would have to be root|\(No info could be read for "-p"|netstat: showing only processes with your user ID|RTNETLINK answers: |Cannot open netlink socket: )/;

const TITLES: readonly (readonly [RegExp, Scope])[] = [
  [/^Active Internet connections \(w\/o servers\)/, 'connected'],
  [/^Active Internet connections \(servers and established\)/, 'all'],
];

/** No heading is half as long. */
const LONGEST_HEADING = 400;

/** What a line is, if it is known and no socket. */
export function readHeading(whole: string): Heading | undefined {
  const line = whole.slice(0, LONGEST_HEADING);
  const useless = USELESS.find(([expression]) => expression.test(line));
  if (useless !== undefined) return { kind: 'useless', reason: useless[1] };
  const title = TITLES.find(([expression]) => expression.test(line));
  if (title !== undefined) return { kind: 'title', scope: title[1] };
  if (/^Proto\s+RefCnt\s/.test(line)) return { kind: 'other' };
  // Other languages have other words for the columns, but for the first.
  if (/^Proto\s/.test(line)) {
    return { kind: 'columns', tool: /\sState {7}(?:PID\/Program name)?$/.test(line) ? 'busybox netstat' : 'netstat' };
  }
  if (/^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q/.test(line)) return { kind: 'columns', tool: 'ss' };
  if (/^Active \S/.test(line)) return { kind: 'other' };
  return WARNINGS.test(line) ? { kind: 'warning' } : undefined;
}

/** Why a line that nobody understands, at the start of a text, shows another tool's output; undefined if it shows nothing. */
export function somethingElse(line: string): string | undefined {
  const start = line.slice(0, LONGEST_HEADING).trim();
  return ELSE.find(([expression]) => expression.test(start))?.[1];
}
