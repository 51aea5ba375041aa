import {
  type AddressRange,
  canonicalAddress,
  networkTypeOf,
  parseAddressRange,
  parseEndpoint,
  parseTcpState,
  readSocketText,
  SocketTextError,
  type SocketText,
  TCP_STATES,
} from '@closewatch/socket-states';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type FuzzedParser, textParser } from '../fuzzed-parser.ts';

const LIB = 'libs/socket-states/src';
const TEXT = `${LIB}/socket-text`;
const FOLDER = resolve(import.meta.dirname, '../../..', TEXT, 'fixtures');

const COVERS = [
  'socket-text-reader.ts#SocketTextReader',
  'socket-text-reader.ts#readSocketText',
  'text-lines.ts#TextLines',
  'words.ts#firstWords',
  'words.ts#wholeNumber',
  'words.ts#standingAlone',
  'text-endpoint.ts#readEnd',
  'text-endpoint.ts#familyOf',
  'text-endpoint.ts#mayBeCut',
  'ss-row.ts#isSsRow',
  'ss-row.ts#readSsRow',
  'ss-details.ts#readSsDetails',
  'ss-details.ts#readInfo',
  'ss-details.ts#readDuration',
  'netstat-row.ts#isNetstatRow',
  'netstat-row.ts#readNetstatRow',
  'netstat-row.ts#readNetstatDetails',
  'netstat-row.ts#netstatColumns',
  'headings.ts#readHeading',
  'headings.ts#somethingElse',
  'state-words.ts#netstatState',
  'state-words.ts#ssState',
  'socket-text.ts#excerpt',
].map((name) => `${TEXT}/${name}`);

function textsOf(tool: 'ss' | 'netstat' | 'busybox'): FuzzedParser {
  return {
    name: `${tool}-text`,
    covers: COVERS,
    samples: () =>
      readdirSync(FOLDER)
        .filter((name) => name.startsWith(tool) && name.endsWith('.txt'))
        .map((name) => readFileSync(join(FOLDER, name))),
    run: (input) => {
      const { listeners, ...text } = readSocketText(input);
      return { ...text, inbound: text.closeWait.map(({ local }) => listeners.has(local)) };
    },
    // A text must end with a line: else most of them would be refused for their end alone.
    repair: (input) => Buffer.concat([input, Buffer.from('\n')]),
    mayThrow: (error) => error instanceof SocketTextError && error.line >= 1 && error.reason !== '',
    fault: (value, input) => {
      const { counts, sockets, lines, closeWait, cut, unlisted, skipped } = value as SocketText;
      const total = TCP_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      if (total !== sockets) return `counts ${total} of ${sockets} sockets`;
      if (sockets > lines || lines > input.length)
        return `${sockets} sockets in ${lines} lines of ${input.length} bytes`;
      const told = closeWait.length + cut.length + unlisted;
      if (told !== (counts.close_wait ?? 0)) return `tells ${told} of ${counts.close_wait} in CLOSE_WAIT`;
      return skipped.every(({ line }) => line >= 1 && line <= lines) ? undefined : 'skips a line that is not there';
    },
  };
}

const address = '2001:db8::1';

export const SOCKET_TEXTS: readonly FuzzedParser[] = [
  textsOf('ss'),
  textsOf('netstat'),
  textsOf('busybox'),
  textParser(
    'address',
    `${LIB}/ip-address.ts`,
    { canonicalAddress },
    [address, '::ffff:192.0.2.1', '[fe80::1%eth0]', '127.0.0.53%lo', '1:2:3:4:5:6:7:8'],
    {
      fault: (value) => {
        const [canonical] = value as [string | undefined];
        return canonical === undefined || canonicalAddress(canonical) === canonical ? undefined : 'is not canonical';
      },
    },
  ),
  textParser(
    'address-range',
    `${LIB}/ip-network.ts`,
    { parseAddressRange },
    ['192.0.2.0/24', '2001:db8::/32', '::ffff:192.0.2.0/120', address, '198.51.100.7/0'],
    {
      covers: [`${LIB}/ip-network.ts#parseAddressRange`, `${LIB}/ip-address.ts#addressBytes`],
      fault: (value) => {
        const [range] = value as [AddressRange | undefined];
        if (range === undefined) return undefined;
        const [first, last] = [canonicalAddress(range.first), canonicalAddress(range.last)];
        if (first === undefined || last === undefined) return 'ends in what is no address';
        return networkTypeOf(first) === networkTypeOf(last) ? undefined : 'ends in another family';
      },
    },
  ),
  textParser('endpoint', `${LIB}/five-tuple.ts`, { parseEndpoint }, [
    '192.0.2.1:443',
    `[${address}]:443`,
    `${address}:443`,
    ':::22',
  ]),
  textParser('state', `${LIB}/tcp-state.ts`, { parseTcpState }, [
    'CLOSE_WAIT',
    'FIN-WAIT-1',
    'TCP_NEW_SYN_RECV',
    'Close Wait',
  ]),
];
