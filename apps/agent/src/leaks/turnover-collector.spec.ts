import { describe, expect, it } from '@jest/globals';
import { TurnoverSchema } from '@closewatch/protocol';
import { performance } from 'node:perf_hooks';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from './leak-tracker.ts';
import { TurnoverCollector } from './turnover-collector.ts';

const collector = new TurnoverCollector();

function trackerOf(): LeakTracker {
  return new LeakTracker(
    { bootId: 'b', namespaceInode: 1 },
    (ms) => new Date(ms).toISOString(),
    (port) => port >= 32_768,
  );
}

describe('turnover', () => {
  it('is a number for each endpoint and no row for ten thousand sockets that one look saw', async () => {
    const tracker = trackerOf();
    let added = {};
    const before = performance.now();
    for (let at = 0; at < 50_000; at += 5_000) {
      const table = tableOf(
        ...Array.from({ length: 10_000 }, (_, index) => leak({ cookie: `${at} ${index}`, inode: index + 1 })),
      );
      tracker.observe({ startedAt: at, takenAt: at, table });
      added = await collector.collect({ startedAt: at, takenAt: at, table, tracker, trackers: [tracker] });
    }
    // Ten looks. Making the sockets of the test is a part of it.
    expect((performance.now() - before) / 10).toBeLessThan(150);
    expect([...tracker.open()]).toEqual([]);
    expect(added).toEqual({
      turnover: [
        {
          direction: 'inbound',
          endpoint: { address: null, port: 8080 },
          process: null,
          opened: 10_000,
          closed: 10_000,
          alive: 20_000,
        },
      ],
    });
  });

  it('passes the contract, and is left out where nothing moved', async () => {
    const tracker = trackerOf();
    const additions = [];
    for (const many of [0, 2, 2]) {
      const table = tableOf(
        ...Array.from({ length: many }, (_, index) => leak({ cookie: `${index}`, localPort: 40_000 })),
      );
      tracker.observe({ startedAt: 0, takenAt: additions.length, table });
      additions.push(await collector.collect({ startedAt: 0, takenAt: 0, table, tracker, trackers: [tracker] }));
    }
    expect(additions[0]).toEqual({});
    expect(additions[2]).toEqual({});
    const [row] = additions[1]?.turnover ?? [];
    expect(TurnoverSchema.parse(row)).toEqual(row);
  });
});
