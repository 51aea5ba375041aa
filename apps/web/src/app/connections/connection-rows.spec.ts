import { AT_MS, connection, ownedBy } from '../../testing/builders.ts';
import { heard } from '../live/host-watch.ts';
import { DEFAULT_SORT, connectionRow, filterRows, sortOf, sortRows, type SortKey } from './connection-rows.ts';

const rowsOf = (...items: Parameters<typeof connection>[0][]) =>
  heard(items.map((item, index) => connection({ socketId: `socket-${index}`, ...item }))).map(connectionRow);
const ids = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => row.connection.socketId);
const openedAgo = (seconds: number) => ({ openedBefore: new Date(AT_MS - seconds * 1_000).toISOString() });

describe('sortRows', () => {
  it('has the longest wait first unless told otherwise', () => {
    const rows = rowsOf(openedAgo(5), openedAgo(500), openedAgo(50));
    expect(ids([...sortRows(rows, DEFAULT_SORT)])).toEqual(['socket-1', 'socket-2', 'socket-0']);
  });

  it('sorts addresses by their numbers', () => {
    const rows = rowsOf(...['10.0.0.10', '10.0.0.9', '9.9.9.9'].map((address) => ({ peer: { address, port: 1 } })));
    expect(ids([...sortRows(rows, { key: 'peer', descending: false })])).toEqual(['socket-2', 'socket-1', 'socket-0']);
  });

  it.each([false, true])('puts connections without an owner last (descending: %s)', (descending) => {
    const rows = rowsOf({}, ownedBy('/usr/bin/node', 4), ownedBy('/usr/bin/java', 3));
    for (const key of ['process', 'pid'] satisfies SortKey[]) {
      expect(ids([...sortRows(rows, { key, descending })]).at(-1)).toBe('socket-0');
    }
  });

  it('keeps equal rows in one order, whichever way they come in', () => {
    const rows = rowsOf({ recvQueue: 1 }, { recvQueue: 1 }, { recvQueue: 1 });
    const sort = { key: 'recvQueue', descending: true } as const;
    expect(ids([...sortRows([...rows].reverse(), sort)])).toEqual(ids([...sortRows(rows, sort)]));
  });

  it('does not touch the rows it is given', () => {
    const rows = rowsOf(openedAgo(5), openedAgo(500));
    sortRows(rows, DEFAULT_SORT);
    expect(ids(rows)).toEqual(['socket-0', 'socket-1']);
  });
});

describe('filterRows', () => {
  const rows = rowsOf(
    {
      ...ownedBy('/opt/Billing/gateway', 918, 'gateway --config /etc/b.yaml'),
      peer: { address: '2001:db8::7', port: 443 },
    },
    ownedBy('/usr/bin/node', 4_123, 'node server.js'),
    {},
  );

  it.each([
    ['', ['socket-0', 'socket-1', 'socket-2']],
    ['  ', ['socket-0', 'socket-1', 'socket-2']],
    ['billing', ['socket-0']],
    ['[2001:db8::7]:443', ['socket-0']],
    ['4123', ['socket-1']],
    ['SERVER.JS node', ['socket-1']],
    ['node billing', []],
    ['.*', []],
  ])('finds %j', (filter, found) => {
    expect(ids([...filterRows(rows, filter)])).toEqual(found);
  });
});

describe('connectionRow', () => {
  it('names the executable without its folder, and a hostile name as it is', () => {
    const [plain, hostile] = rowsOf(ownedBy('/usr/bin/node', 1), ownedBy('/tmp/<img src=x onerror=alert(1)>', 2));
    expect([plain?.process, hostile?.process]).toEqual(['node', '<img src=x onerror=alert(1)>']);
  });
});

describe('sortOf', () => {
  it('reads the URL and falls back to the longest wait first', () => {
    expect(sortOf('pid', 'desc')).toEqual({ key: 'pid', descending: true });
    expect(sortOf('pid', undefined)).toEqual({ key: 'pid', descending: false });
    expect(sortOf('constructor', 'desc')).toEqual(DEFAULT_SORT);
    expect(sortOf(undefined, undefined)).toEqual(DEFAULT_SORT);
  });
});

describe('connectionRow', () => {
  it.each([
    ['/usr/bin/node', '/usr/bin/node server.js --port 80', 'server.js --port 80'],
    ['/usr/bin/node', 'node server.js', 'server.js'],
    ['/usr/lib/postgresql/15/bin/postgres', 'postgres: checkpointer', 'checkpointer'],
    ['/opt/my app/run', '/opt/my app/run --fast', '--fast'],
    ['/usr/sbin/nginx', 'nginx', ''],
  ])('tells %s running "%s" by its words "%s"', (executable, command, words) => {
    const [row] = rowsOf(ownedBy(executable, 7, command));
    expect(row?.commandArguments).toBe(words);
  });
});
