import { beforeEach, describe, expect, it } from '@jest/globals';
import { PUSH_LIMITS } from '@closewatch/protocol';
import { leak, tableOf } from '../testing/tables.ts';
import { ConnectionChoice } from './connection-choice.ts';
import { LeakTracker } from './leak-tracker.ts';

const REALM = { bootId: 'b', namespaceInode: 1 };

let tracker: LeakTracker;
let choice: ConnectionChoice;
let now: number;

beforeEach(() => {
  tracker = new LeakTracker(REALM, (ms) => new Date(ms).toISOString());
  choice = new ConnectionChoice();
  now = 0;
});

/** A look at so many sockets, 5 s after the last; those whose cookie is in `fuller` have more to read. */
function look(many: number, fuller: readonly number[] = []): void {
  now += 5_000;
  const sockets = Array.from({ length: many }, (_, index) =>
    leak({
      cookie: String(index),
      inode: index + 1,
      peerPort: index % 60_000,
      recvQueue: fuller.includes(index) ? 9 : 1,
    }),
  );
  const { gone } = tracker.observe({ startedAt: now, takenAt: now, table: tableOf(...sockets) });
  for (const tracked of gone) {
    tracked.ended = { at: now, as: 'closed' };
    choice.addEnded(tracked);
  }
}

function chosen(behind = false) {
  const { connections, complete } = choice.choose(tracker, now, behind);
  return { connections: connections.length, complete };
}

describe('the choice of connections', () => {
  it('says nothing complete before the second look of a run', () => {
    look(3);
    expect(chosen()).toEqual({ connections: 0, complete: false });
    look(3);
    expect(chosen()).toEqual({ connections: 3, complete: true });
  });

  it('sends all of them always while they are few', () => {
    look(500);
    look(500);
    expect([chosen(), chosen()]).toEqual([
      { connections: 500, complete: true },
      { connections: 500, complete: true },
    ]);
  });

  it('sends many in full at the start, then only what changed, and in full again after a minute', () => {
    look(600);
    look(600);
    expect(chosen()).toEqual({ connections: 600, complete: true });
    look(600);
    expect(chosen()).toEqual({ connections: 0, complete: false });
    look(600, [4, 5]);
    expect(chosen()).toEqual({ connections: 2, complete: false });
    for (let i = 0; i < 10; i++) look(600, [4, 5]);
    expect(chosen()).toEqual({ connections: 600, complete: true });
  });

  it('sends all of them when the server asks, once', () => {
    look(600);
    look(600);
    chosen();
    choice.wantFull();
    look(600);
    expect(chosen()).toEqual({ connections: 600, complete: true });
    look(600);
    expect(chosen()).toEqual({ connections: 0, complete: false });
  });

  it('tells the end of a socket once', () => {
    look(600);
    look(600);
    chosen();
    look(598);
    look(598);
    expect(chosen()).toEqual({ connections: 2, complete: false });
    look(598);
    expect(chosen()).toEqual({ connections: 0, complete: false });
  });

  it('adds only news to a pile of undelivered snapshots, and all of them when it is gone', () => {
    look(3);
    look(3);
    chosen();
    look(3, [2]);
    expect(chosen(true)).toEqual({ connections: 1, complete: false });
    choice.wantFull();
    look(3, [2]);
    expect(chosen(true)).toEqual({ connections: 0, complete: false });
    expect(chosen()).toEqual({ connections: 3, complete: true });
  });

  it('spreads what one snapshot cannot hold over several, none of them called complete', () => {
    const many = PUSH_LIMITS.connections + 50;
    look(many);
    look(many);
    let told = 0;
    for (let turn = 0; turn < 10; turn++) {
      const { connections, complete } = chosen();
      expect(complete).toBe(false);
      expect(connections).toBeLessThanOrEqual(PUSH_LIMITS.connections);
      told += connections;
    }
    expect(told).toBe(many);
  });
});
