import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SocketInfo, type SocketSource } from '../sockets/socket-table.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from './leak-tracker.ts';
import { ProgressCollector } from './progress-collector.ts';

const INFO: SocketInfo = { bytesAcked: 5, lastDataSentMs: 100, lastDataReceivedMs: 0, lastAckReceivedMs: 0 };

let tracker: LeakTracker;
let asked: { each: number; all: number };
let failing: boolean;
let now: number;
let collector: ProgressCollector;

const source: SocketSource = {
  name: 'netlink',
  read: () => Promise.reject(new Error('nobody reads here')),
  ages: () => {
    asked.each++;
    return INFO;
  },
  infos: (visit) => {
    asked.all++;
    if (failing) return Promise.reject(new Error('netlink: ENOBUFS'));
    for (const { socket } of tracker.open()) visit(socket.key, INFO);
    visit('somebody else', INFO);
    return Promise.resolve();
  },
  close: () => undefined,
};

beforeEach(() => {
  asked = { each: 0, all: 0 };
  failing = false;
  now = 0;
  tracker = new LeakTracker(
    { bootId: 'b', namespaceInode: 1 },
    (ms) => new Date(ms).toISOString(),
    () => false,
  );
  collector = new ProgressCollector(source, () => now);
});

/** So many looks, 5 s apart, at so many sockets. */
async function looks(times: number, many: number): Promise<void> {
  const table = tableOf(
    ...Array.from({ length: many }, (_, index) => leak({ cookie: String(index), inode: index + 1 })),
  );
  for (let i = 0; i < times; i++) {
    now += 5_000;
    tracker.observe({ startedAt: now, takenAt: now, table });
    await collector.collect({ startedAt: now, takenAt: now, table, tracker, trackers: [tracker] });
  }
}

describe('what peers acknowledge', () => {
  it('is asked for twice a minute, one by one while they are few', async () => {
    await looks(6, 20);
    expect(asked).toEqual({ each: 0, all: 0 });
    await looks(1, 20);
    expect(asked).toEqual({ each: 20, all: 0 });
    expect([...tracker.open()][0]?.progress).toEqual({ bytesAcked: 5, lastSentAt: now - 100 });
    await looks(12, 20);
    expect(asked).toEqual({ each: 60, all: 0 });
  });

  it('is asked for of all at once when they are many, and once a minute', async () => {
    await looks(12, 1_001);
    expect(asked).toEqual({ each: 0, all: 0 });
    await looks(1, 1_001);
    expect(asked).toEqual({ each: 0, all: 1 });
    expect([...tracker.open()].every(({ progress }) => progress?.bytesAcked === 5)).toBe(true);
  });

  it('stays as it was when the kernel does not answer, which is told until it does', async () => {
    failing = true;
    await looks(13, 1_001);
    expect(collector.missing).toEqual(['acknowledged bytes grow old: netlink: ENOBUFS']);
    failing = false;
    await looks(11, 1_001);
    expect(collector.missing).toHaveLength(1);
    await looks(1, 1_001);
    expect(collector.missing).toEqual([]);
  });
});
