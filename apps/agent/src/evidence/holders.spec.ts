import { expect, it } from '@jest/globals';
import { type Owner } from '@closewatch/protocol';
import { holdersOf } from './holders.ts';

function owner(pid: number, startedAt: string | null = '2026-11-22T03:00:00.000Z', descriptor = 7): Owner {
  return { pid, startedAt, executable: 'app', command: 'app', descriptor };
}

it('counts sockets, unread ones and orphans of each process, those who hold most first', () => {
  const sockets = [
    { owners: [owner(1)], recvQueue: 0 },
    { owners: [owner(2)], recvQueue: 1 },
    { owners: [owner(2)], recvQueue: 0 },
    { owners: [], recvQueue: 1 },
  ];
  const orphans = [{ owners: [owner(3)] }, { owners: [owner(3)] }, { owners: [owner(3), owner(1)] }];
  const numbers = holdersOf(sockets, orphans).map(({ process, closeWait, unread, orphaned }) => [
    process.pid,
    closeWait,
    unread,
    orphaned,
  ]);
  expect(numbers).toEqual([
    [3, 0, 0, 3],
    [1, 1, 0, 1],
    [2, 2, 1, 0],
  ]);
});

it('counts a socket once for a process that has two descriptors of it, and for each that shares it', () => {
  const shared = { owners: [owner(1), owner(1, undefined, 8), owner(2), owner(1, undefined, 9)], recvQueue: 1 };
  expect(holdersOf([shared, shared], []).map(({ closeWait }) => closeWait)).toEqual([1, 1]);
});

it('keeps apart who had the same pid one after the other', () => {
  const later = '2026-11-22T04:00:00.000Z';
  const holders = holdersOf(
    [
      { owners: [owner(1)], recvQueue: 1 },
      { owners: [owner(1, later)], recvQueue: 1 },
    ],
    [],
  );
  expect(holders.map(({ process }) => process.startedAt)).toEqual(['2026-11-22T03:00:00.000Z', later]);
});

it('leaves out who is known by name and pid alone', () => {
  expect(holdersOf([{ owners: [owner(1, null)], recvQueue: 1 }], [])).toEqual([]);
});

it('names the process without the descriptor', () => {
  const [holder] = holdersOf([{ owners: [{ ...owner(1), unit: 'app.service' }], recvQueue: 1 }], []);
  expect(holder?.process).toEqual({
    pid: 1,
    startedAt: '2026-11-22T03:00:00.000Z',
    executable: 'app',
    command: 'app',
    unit: 'app.service',
  });
});
