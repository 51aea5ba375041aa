import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatEndpoint } from '../five-tuple.ts';
import { TCP_STATE_FACTS, TCP_STATES } from '../tcp-state.ts';
import { type SocketText, SocketTextError } from './socket-text.ts';
import { readSocketText, SocketTextReader } from './socket-text-reader.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', `${name}.txt`), 'utf8');

/** What awk counts of a text, by the column that holds the state. */
function awkCounts(text: string, pattern: string, column: string): string[] {
  const script = `${pattern} {++S[${column}]} END {for(a in S) print a, S[a]}`;
  return execFileSync('awk', [script], { input: text, encoding: 'utf8' }).trim().split('\n').sort();
}

function linesOf({ counts }: SocketText, tool: 'netstat' | 'ss'): string[] {
  return TCP_STATES.filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => `${TCP_STATE_FACTS[state][tool]} ${counts[state]}`)
    .sort();
}

const peersOf = ({ closeWait }: SocketText): string[] => closeWait.map(({ peer }) => formatEndpoint(peer)).sort();

describe('what a real tool prints is counted as awk counts it', () => {
  it('netstat -n, by the very line', () => {
    const text = fixture('netstat-n');
    expect(linesOf(readSocketText(text), 'netstat')).toEqual(awkCounts(text, '/^tcp/', '$NF'));
  });

  it.each([
    ['netstat-an', 'netstat'],
    ['netstat-antpW', 'netstat'],
    ['netstat-antpeo', 'netstat'],
    ['busybox-an', 'busybox netstat'],
    ['busybox-tan', 'busybox netstat'],
    ['busybox-tn', 'busybox netstat'],
  ])('%s', (name, tool) => {
    const text = fixture(name);
    const read = readSocketText(text);
    expect(read.tool).toBe(tool);
    expect(linesOf(read, 'netstat')).toEqual(awkCounts(text, '/^tcp/', '$6'));
    expect(read.skipped).toEqual([]);
  });

  it.each([
    ['ss-tan', 'NR > 1', '$1'],
    ['ss-tanH', '1', '$1'],
    ['ss-ta', 'NR > 1', '$1'],
    ['ss-an', '/^tcp/', '$2'],
    ['ss-tanpi', 'NR > 1 && /^[A-Z]/', '$1'],
    ['ss-tanpie', 'NR > 1 && /^[A-Z]/', '$1'],
    ['ss-tanpieomO', 'NR > 1', '$1'],
  ])('%s', (name, pattern, column) => {
    const text = fixture(name);
    const read = readSocketText(text);
    expect(read.tool).toBe('ss');
    expect(linesOf(read, 'ss')).toEqual(awkCounts(text, pattern, column));
  });

  it.each(['de', 'fr', 'ja', 'pt_BR', 'cs', 'et'])('netstat -an in the language %s', (language) => {
    const read = readSocketText(fixture(`netstat-an.${language}`));
    expect(read.counts).toEqual(readSocketText(fixture('netstat-an')).counts);
    expect(read.skipped).toEqual([]);
  });
});

describe('the connections in CLOSE_WAIT', () => {
  it('are the same by every tool that shows them whole', () => {
    const peers = peersOf(readSocketText(fixture('netstat-antpW')));

    expect(peers).toHaveLength(32);
    expect(peers).toContain('[2001:db8:1234:5678:9abc:def0:1234:5678]:51001');
    for (const name of ['busybox-tan', 'ss-tan', 'ss-tanH', 'ss-tanpie', 'ss-tanpieomO', 'ss-an']) {
      expect(peersOf(readSocketText(fixture(name)))).toEqual(peers);
    }
  });

  it('are counted and marked where netstat cut their addresses', () => {
    const { closeWait, cut, counts, complete } = readSocketText(fixture('netstat-an'));

    expect(counts.close_wait).toBe(32);
    expect(closeWait).toHaveLength(31);
    expect(cut).toEqual([
      { line: expect.any(Number), local: '2001:db8:1234:5678::443', peer: '2001:db8:1234:567:51001' },
    ]);
    expect(complete).toBe(true);
  });

  it('come with all that -p, -i and -e tell', () => {
    const [socket] = readSocketText(fixture('ss-tanpie')).closeWait;

    expect(socket).toMatchObject({
      local: { address: '127.0.0.1', port: 46_983 },
      peer: { address: '127.0.0.1', port: 52_084 },
      recvQueue: 1,
      uid: 0,
      inode: 3_375_797,
      cookie: '837f3',
      owners: [{ pid: 29_450, name: 'MainThread', descriptor: 26 }],
      info: { lastSentMs: 816, lastReceivedMs: 816, lastAckMs: 816, bytesAcked: 0 },
    });
  });

  it('come with inode and owner by netstat -e, and 0 for one that nobody accepted', () => {
    const { closeWait } = readSocketText(fixture('netstat-antpeo'));

    expect(closeWait[0]).toMatchObject({ uid: 0, inode: 3_375_797, owners: [{ pid: 29_450, descriptor: null }] });
    expect(closeWait.filter(({ inode }) => inode === 0).map(({ owners }) => owners)).toEqual([[], [], []]);
  });

  it('with names where numbers should be are counted, and told', () => {
    const text = 'State Recv-Q Send-Q Local Address:Port Peer Address:Port\nCLOSE-WAIT 0 0 web-1:http 192.0.2.1:5000\n';
    const { counts, closeWait, unlisted, complete, skipped } = readSocketText(text);

    expect([counts.close_wait, closeWait.length, unlisted, complete]).toEqual([1, 0, 1, false]);
    expect(skipped).toEqual([{ line: 2, reason: expect.stringContaining('add -n') }]);
  });

  it('past the limit are counted', () => {
    const { counts, closeWait, unlisted, complete } = readSocketText(fixture('ss-tan'), { closeWait: 10 });
    expect([counts.close_wait, closeWait.length, unlisted, complete]).toEqual([32, 10, 22, false]);
  });
});

describe('a state without sockets', () => {
  const row = (state: string): string => `${state} 0 0 192.0.2.1:1 192.0.2.2:2\n`;

  it.each([
    ['netstat without -a', fixture('netstat-n'), ['listen', 'closed']],
    ['netstat -a', fixture('netstat-an'), []],
    ['ss without -a', row('ESTAB'), ['listen', 'closed', 'time_wait', 'syn_received']],
    ['ss in all states but listening', row('TIME-WAIT'), ['listen', 'closed']],
    ['ss -a', row('LISTEN') + row('ESTAB'), []],
  ])('is null where %s does not show it', (_call, text, states) => {
    const { counts } = readSocketText(text);
    expect(TCP_STATES.filter((state) => counts[state] === null)).toEqual(TCP_STATES.filter((s) => states.includes(s)));
  });

  it('is null when listeners are all there is: -l may have left out the others', () => {
    const { counts, complete } = readSocketText(row('LISTEN'));
    expect([counts.listen, counts.close_wait, complete]).toEqual([1, null, false]);
  });
});

describe('a text', () => {
  it.each([
    ['with CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with a byte order mark', (text: string) => `\ufeff${text}`],
    ['without its heading', (text: string) => text.replace(/^.*\n/, '')],
    ['with the warnings of the tool', (text: string) => `RTNETLINK answers: Invalid argument\n${text}`],
  ])('%s reads the same', (_change, change) => {
    const plain = readSocketText(fixture('ss-tanpi'));
    const changed = readSocketText(change(fixture('ss-tanpi')));
    expect([changed.counts, peersOf(changed), changed.skipped]).toEqual([plain.counts, peersOf(plain), []]);
  });

  it('reads the same in pieces of any size', () => {
    const bytes = Buffer.from(fixture('netstat-an.ja'));
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const reader = new SocketTextReader();
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (const [index, end] of at.slice(1).entries()) reader.add(bytes.subarray(at[index], end));
        expect(reader.end().counts).toEqual(readSocketText(bytes).counts);
      }),
    );
  });

  it('of two families after each other is one', () => {
    const lines = fixture('netstat-an').split('\n');
    const heading = lines.slice(0, 2);
    const of = (family: RegExp): string => [...heading, ...lines.filter((line) => family.test(line)), ''].join('\n');
    expect(readSocketText(of(/^tcp /) + of(/^tcp6 /)).counts).toEqual(readSocketText(fixture('netstat-an')).counts);
  });

  it('with lines that belong to nothing is counted, and told so', () => {
    const { counts, skipped, complete } = readSocketText(fixture('netstat-an').replace(/^udp /m, '#!? '));
    expect(counts.close_wait).toBe(32);
    expect(skipped).toEqual([{ line: expect.any(Number), reason: expect.stringContaining('"#!? ') }]);
    expect(complete).toBe(false);
  });
});

describe('refused, with the line, is', () => {
  const netstat = fixture('netstat-n');
  const ss = fixture('ss-tan');
  const heading = 'State Recv-Q Send-Q Local Address:Port Peer Address:Port\n';
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ['nothing', '', 1, /empty: did the tool run/],
    ['a cut text', netstat.slice(0, 4_000), netstat.slice(0, 4_000).split('\n').length, /no line end/],
    ['a text whose lines were joined', netstat.replaceAll('\n', '') + ' '.repeat(130_000), 1, /--data-binary/],
    ['two outputs', netstat + netstat, netstat.split('\n').length + 2, /a second table of IPv4/],
    ['two tools', netstat + ss, netstat.split('\n').length, /ss begins here, after netstat/],
    ['one state alone', fixture('ss-tan-state-close-wait'), 1, /without the column State/],
    [
      'a socket in no known state',
      `${heading}ESTAB 0 0 192.0.2.1:1 192.0.2.2:2\ntcp 0 0 a:1 b:2 OUVERT\n`,
      3,
      /begins here/,
    ],
    ['a state in another language', netstat.replace('TIME_WAIT', 'ATTENTE'), 0, /no TCP state.*LC_ALL=C/],
    ['a torn row', netstat.replace(/^tcp .*ESTABLISHED$/m, 'tcp        0'), 3, /was the line cut/],
    ['listeners alone', 'Active Internet connections (only servers)\n', 1, /-l/],
    ['lsof', 'COMMAND   PID USER   FD   TYPE DEVICE\n', 1, /lsof/],
    ['/proc/net/tcp', '  sl  local_address rem_address   st tx_queue\n', 1, /\/proc\/net\/tcp/],
    ['the result of the one-liner', 'CLOSE_WAIT 30\nESTABLISHED 24\n', 1, /summary/],
    ['JSON', '{"a": 1}\n', 1, /JSON/],
    ['HTML', '<html>\n', 1, /HTML/],
    ['a tool that is missing', 'sh: 1: ss: not found\n', 1, /did not run/],
    ['netstat of macOS', 'Active Internet connections (including servers)\n', 1, /macOS/],
    ['a row of macOS', 'tcp4       0      0  192.0.2.1.52345   192.0.2.2.443   ESTABLISHED\n', 1, /macOS/],
    ['netstat of Windows', '\nActive Connections\n', 2, /Windows/],
    ['a row of Windows', '  TCP    192.0.2.1:135            0.0.0.0:0              LISTENING\n', 1, /Windows/],
    ['UTF-16', Buffer.from('\ufeffState', 'utf16le'), 1, /UTF-16/],
    ['gzip that does not say so', Uint8Array.of(0x1f, 0x8b, 8, 0), 1, /Content-Encoding/],
    ['prose', 'Dear Sir or Madam,\n', 1, /no output of ss or netstat.*"Dear Sir/],
    ['much that belongs to nothing', heading + 'noise\n'.repeat(102), 2, /101 lines were not understood/],
  ])('%s', (_what, text, line, reason) => {
    let refused: unknown;
    try {
      readSocketText(text);
    } catch (error) {
      refused = error;
    }
    if (!(refused instanceof SocketTextError)) throw new Error(`it was taken: ${String(refused)}`);
    expect(refused.reason).toMatch(reason);
    expect(refused.line).toBe(line === 0 ? netstat.split('\n').findIndex((row) => /TIME_WAIT/.test(row)) + 1 : line);
  });
});

it('never throws anything but its own error, and never counts more sockets than lines', () => {
  const pieces = fc.constantFrom(
    'tcp',
    'tcp6',
    'udp',
    ' ',
    '\n',
    '0',
    '::1:80',
    '1.2.3.4:5',
    'ESTAB',
    'CLOSE_WAIT',
    'CLOSE-WAIT',
    'Proto',
    'State',
    'Recv-Q',
    '\t',
    'users:(("',
    '",pid=1,fd=2))',
    '\ufeff',
    '\0',
    'é',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          const { sockets, lines, counts } = readSocketText(`${text}\n`);
          const total = TCP_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
          expect(total).toBe(sockets);
          expect(sockets).toBeLessThanOrEqual(lines);
        } catch (error) {
          if (!(error instanceof SocketTextError)) throw error;
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
