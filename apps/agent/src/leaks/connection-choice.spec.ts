import { beforeEach, describe, expect, it } from '@jest/globals';
import { PUSH_LIMITS, type Owner } from '@closewatch/protocol';
import fc from 'fast-check';
import { leak, tableOf } from '../testing/tables.ts';
import { ConnectionChoice, NO_LIMITS } from './connection-choice.ts';
import { LeakTracker } from './leak-tracker.ts';
import { wireConnection } from './wire-connection.ts';

const REALM = { bootId: 'b', namespaceInode: 1 };
const OWNER: Owner = {
  pid: 4_194_304,
  startedAt: '2026-11-22T03:00:00.000Z',
  executable: 'java',
  command: 'java -Xmx4g -jar /opt/application/application.jar --server.port=8080 --profile=production',
  descriptor: 65_535,
  unit: 'application.service',
};
const instant = (ms: number): string => new Date(ms).toISOString();

let tracker: LeakTracker;
let choice: ConnectionChoice;
let now: number;

beforeEach(() => {
  tracker = new LeakTracker(REALM, instant, () => false);
  choice = new ConnectionChoice();
  now = 0;
});

/** A look at so many sockets, some time after the last; those whose cookie is in `fuller` have more to read. */
function look(many: number, fuller: readonly number[] = [], afterMs = 5_000): void {
  now += afterMs;
  const full = new Set(fuller);
  const sockets = Array.from({ length: many }, (_, index) =>
    leak({
      cookie: String(index),
      inode: index + 1,
      peerPort: index % 60_000,
      recvQueue: full.has(index) ? 9 : 1,
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
  it('is all of them with every look, for whoever looks and pushes nothing', () => {
    choice = new ConnectionChoice(NO_LIMITS);
    for (let i = 0; i < 2; i++) look(3_000);
    expect(chosen()).toEqual({ connections: 3_000, complete: true });
    look(3_000, [], 100);
    expect(chosen()).toEqual({ connections: 3_000, complete: true });
  });

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

  it('sends thousands in full less often, but a minute after the last when the server asks for it', () => {
    look(2_500);
    look(2_500);
    expect(chosen()).toEqual({ connections: 2_500, complete: true });
    for (let i = 0; i < 13; i++) look(2_500);
    expect(chosen()).toEqual({ connections: 0, complete: false });
    choice.hurry();
    expect(chosen()).toEqual({ connections: 2_500, complete: true });
    for (let i = 0; i < 13; i++) look(2_500);
    expect(chosen()).toEqual({ connections: 0, complete: false });
    for (let i = 0; i < 12; i++) look(2_500);
    expect(chosen()).toEqual({ connections: 2_500, complete: true });
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
    look(3, [2]);
    expect(chosen(true)).toEqual({ connections: 0, complete: false });
    expect(chosen()).toEqual({ connections: 3, complete: true });
  });

  it('is complete with as many as a push may carry', () => {
    look(PUSH_LIMITS.connections);
    look(PUSH_LIMITS.connections);
    for (const tracked of tracker.open()) Object.assign(tracked, { owners: [OWNER] });
    const { connections, complete } = choice.choose(tracker, now, false);
    expect(complete).toBe(true);
    const json = JSON.stringify(connections.map((tracked) => wireConnection(tracked, instant, 1)));
    expect(json.length).toBeLessThan(PUSH_LIMITS.bodyBytes);
  }, 20_000);

  it('never takes more than fits into the body of a push', () => {
    look(PUSH_LIMITS.connections);
    look(PUSH_LIMITS.connections);
    const owners = Array.from({ length: 4 }, () => OWNER);
    for (const tracked of tracker.open()) Object.assign(tracked, { owners });
    const { connections, complete } = choice.choose(tracker, now, false);
    expect(complete).toBe(false);
    const json = JSON.stringify(connections.map((tracked) => wireConnection(tracked, instant, 1)));
    expect(json.length / PUSH_LIMITS.bodyBytes).toBeGreaterThan(0.9);
    expect(json.length / PUSH_LIMITS.bodyBytes).toBeLessThan(0.99);
  }, 20_000);

  it.each([5_000, 60_000, 300_000])(
    'tells of every one of 30,000 connections in two snapshots, at an interval of %i ms, and again after five minutes',
    (intervalMs) => {
      const many = 30_000;
      const perRound = Math.max(2, 300_000 / intervalMs);
      look(many);
      const times = new Map<string, number>();
      for (let snapshot = 1; snapshot <= 2 * perRound; snapshot++) {
        look(many, [], intervalMs);
        const { connections, complete } = choice.choose(tracker, now, false);
        expect(complete).toBe(false);
        for (const { socketId } of connections) times.set(socketId, (times.get(socketId) ?? 0) + 1);
        if (snapshot === 2) expect(times.size).toBe(many);
      }
      expect(new Set(times.values())).toEqual(new Set([2]));
    },
    60_000,
  );

  it('leaves room for what stands beside the connections in their snapshot', () => {
    choice = new ConnectionChoice({ connections: 1_000, bytes: 200_000 });
    look(400);
    look(400);
    const { connections, complete } = choice.choose(tracker, now, false, 100_000);
    const text = JSON.stringify(connections.map((tracked) => wireConnection(tracked, instant, 1)));
    expect(text.length).toBeLessThanOrEqual(100_000);
    expect(connections.length).toBeGreaterThan(100);
    expect(complete).toBe(false);
    expect(chosen().connections).toBe(400 - connections.length);
  });

  it('lets the news go first while a round is under way', () => {
    choice = new ConnectionChoice({ connections: 400, bytes: 1e9 });
    look(1_200);
    look(1_200);
    for (let i = 0; i < 3; i++) expect(chosen()).toEqual({ connections: 400, complete: false });
    for (let i = 0; i < 12; i++) look(1_200);
    expect(chosen()).toEqual({ connections: 400, complete: false });
    look(1_210, [1_199]);
    look(1_210, [1_199]);
    const { connections } = choice.choose(tracker, now, false);
    expect(connections.slice(0, 11).map(({ fiveTuple }) => fiveTuple.peer.port)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => 1_200 + index),
      1_199,
    ]);
    expect(connections).toHaveLength(400);
  });

  it('goes through with a round before another begins, however long it takes', () => {
    choice = new ConnectionChoice({ connections: 100, bytes: 1e9 });
    look(1_000);
    const turns: string[][] = [];
    for (let i = 0; i < 20; i++) {
      look(1_000, [], 300_000);
      turns.push(choice.choose(tracker, now, false).connections.map(({ socketId }) => socketId));
    }
    expect(new Set(turns.slice(0, 10).flat()).size).toBe(1_000);
    expect(new Set(turns.slice(10).flat()).size).toBe(1_000);
  });

  it('says of a socket that two looks had missed only that it is open, once it is back', () => {
    choice = new ConnectionChoice({ connections: 10, bytes: 1e9 });
    for (const many of [20, 20, 0, 0]) look(many);
    expect(choice.choose(tracker, now, false).connections.map(({ ended }) => ended?.as)).toEqual(
      Array.from({ length: 10 }, () => 'closed'),
    );
    for (const many of [20, 20]) look(many);
    for (let i = 0; i < 3; i++) {
      const { connections } = choice.choose(tracker, now, false);
      expect(connections.map(({ ended }) => ended)).toEqual(connections.map(() => undefined));
      expect(new Set(connections.map(({ socketId }) => socketId)).size).toBe(connections.length);
    }
  });

  it('starves nobody, whatever comes, changes and goes, and calls complete only what is', () => {
    const step = fc.record({
      many: fc.nat(700),
      fuller: fc.array(fc.nat(700), { maxLength: 300 }),
      afterMs: fc.integer({ min: 1_000, max: 300_000 }),
    });
    const room = fc.integer({ min: 80, max: 300 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), room, fc.boolean(), (steps, connections, restless) => {
        tracker = new LeakTracker(REALM, instant, () => false);
        choice = new ConnectionChoice({ connections, bytes: 1e9 });
        let told = new Set<string>();
        const tell = (): void => {
          const chosen = choice.choose(tracker, now, false);
          expect(chosen.connections.length).toBeLessThanOrEqual(connections);
          const ids = new Set(chosen.connections.map(({ socketId }) => socketId));
          expect(ids.size).toBe(chosen.connections.length);
          const alive = chosen.connections.filter(({ ended }) => ended === undefined);
          if (chosen.complete) expect(alive).toHaveLength([...tracker.open()].length);
          for (const id of ids) told.add(id);
        };
        for (const { many, fuller, afterMs } of steps) {
          look(many, fuller, afterMs);
          tell();
        }
        // From here on all of them stay, and in one half of the cases all of them change with every look.
        told = new Set();
        const everyOther = Array.from({ length: 700 }, (_, index) => index);
        const turns = Math.ceil(700 / Math.floor(connections / 4)) + 1;
        for (let turn = 0; turn < 2 * turns; turn++) {
          look(700, restless && turn % 2 === 0 ? everyOther : [], 60_000);
          tell();
        }
        const open = [...tracker.open()].map(({ socketId }) => socketId);
        expect(open.filter((id) => !told.has(id))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
