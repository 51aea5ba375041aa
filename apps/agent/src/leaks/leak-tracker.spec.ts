import { beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CloseWaitSocket } from '../sockets/socket-table.ts';
import { leak, tableOf } from '../testing/tables.ts';
import { LeakTracker } from './leak-tracker.ts';

const REALM = { bootId: '0539cfd7-52cc-4992-9ba6-baeee051f796', namespaceInode: 4_026_531_840 };
const isEphemeral = (port: number): boolean => port >= 32_768 && port <= 60_999;
const instant = (ms: number): string => new Date(ms).toISOString();

let tracker: LeakTracker;
let now: number;

beforeEach(() => {
  tracker = new LeakTracker(REALM, instant, isEphemeral);
  now = 0;
});

/** A look every 5 s that takes 20 ms. */
function look(...sockets: readonly CloseWaitSocket[]) {
  now += 5_000;
  return tracker.observe({ startedAt: now, takenAt: now + 20, table: tableOf(...sockets) });
}

function openIds(): string[] {
  return [...tracker.open()].map(({ socketId }) => socketId);
}

describe('the leak tracker', () => {
  it('confirms a socket at its second sighting', () => {
    expect(look(leak()).confirmed).toEqual([]);
    expect(openIds()).toEqual([]);
    expect(look(leak()).confirmed).toHaveLength(1);
    expect(openIds()).toHaveLength(1);
    expect(look(leak()).confirmed).toEqual([]);
  });

  it('keeps nothing of the listeners of a look but the newest, however long the sockets live that it saw first', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const seen: CloseWaitSocket[] = [];
    const listeners = [1, 2, 3, 4].map((number) => {
      seen.push(leak({ cookie: String(number), peerPort: number }));
      const table = tableOf(...seen);
      tracker.observe({ startedAt: number, takenAt: number + 0.5, table });
      return new WeakRef(table.listeners);
    });
    await sleep(1);
    collectGarbage();
    expect(listeners.map((reference) => reference.deref() !== undefined)).toEqual([false, false, false, true]);
    expect(tracker.size).toBe(4);
  });

  it('pins what it keeps of sockets that a look missed, and of those it abandons, and nothing else', () => {
    const pinned: string[] = [];
    const pinnable = (cookie: string) => ({ ...leak({ cookie }), pin: () => pinned.push(cookie) });
    look(pinnable('1'), pinnable('2'));
    look(pinnable('1'), pinnable('2'));
    expect(pinned).toEqual([]);
    look(pinnable('1'));
    look(pinnable('1'));
    expect(pinned).toEqual(['2']);
    tracker.abandon();
    expect(pinned).toEqual(['2', '1']);
  });

  it('never mentions a socket that only one look saw', () => {
    look(leak());
    expect([look().gone, look().gone, look().gone]).toEqual([[], [], []]);
    expect(openIds()).toEqual([]);
  });

  it('keeps a socket that one look missed, and lets go of it at the second miss, as of the first', () => {
    look(leak());
    look(leak());
    expect(look().gone).toEqual([]);
    expect(openIds()).toHaveLength(1);
    look(leak());
    look();
    const [gone] = look().gone;
    expect(gone).toMatchObject({ lastSeenAt: 20_020, missedAt: 25_020 });
    expect(openIds()).toEqual([]);
  });

  it('dates a socket between the looks it turned up between', () => {
    look();
    look(leak());
    look(leak());
    const [tracked] = [...tracker.open()];
    expect(tracked).toMatchObject({
      previousAt: 5_000,
      openedAfter: 5_000,
      openedBefore: 10_020,
      firstSeenAt: 10_020,
      lastSeenAt: 15_020,
    });
  });

  it('has no lower bound for what the first look finds', () => {
    look(leak());
    look(leak());
    expect([...tracker.open()][0]).toMatchObject({ previousAt: null, openedAfter: null, openedBefore: 5_020 });
  });

  it('gives a socket the same id over restarts when it has a cookie', () => {
    look(leak());
    look(leak());
    const [before] = openIds();
    tracker = new LeakTracker(REALM, instant, isEphemeral);
    look(leak());
    look(leak());
    expect(openIds()).toEqual([before]);
    expect(before).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('gives the same cookie another id in another namespace or boot', () => {
    const ids = [REALM, { ...REALM, namespaceInode: 1 }, { ...REALM, bootId: 'another' }].map((realm) => {
      tracker = new LeakTracker(realm, instant, isEphemeral);
      look(leak());
      look(leak());
      return openIds()[0];
    });
    expect(new Set(ids).size).toBe(3);
  });

  it('keeps the id without a cookie, also when the socket is accepted meanwhile', () => {
    look(leak({ cookie: null, inode: 0 }));
    look(leak({ cookie: null, inode: 0 }));
    const [before] = openIds();
    const { accepted } = look(leak({ cookie: null, inode: 99 }));
    expect(accepted).toMatchObject([{ socketId: before, inode: 99, changed: true }]);
    expect(openIds()).toEqual([before]);
  });

  it('tells a successor on the same addresses by its inode where there is no cookie', () => {
    look(leak({ cookie: null, inode: 7 }));
    look(leak({ cookie: null, inode: 7 }));
    const [before] = openIds();
    expect(look(leak({ cookie: null, inode: 8 })).gone).toMatchObject([{ socketId: before, inode: 7 }]);
    look(leak({ cookie: null, inode: 8 }));
    expect(openIds()).toHaveLength(1);
    expect(openIds()).not.toContain(before);
  });

  it('marks as changed what has another queue, and only that', () => {
    const sockets = [leak({ cookie: '1' }), leak({ cookie: '2', peerPort: 50_001 })];
    look(...sockets);
    look(...sockets);
    for (const tracked of tracker.open()) tracked.changed = false;
    look(leak({ cookie: '1', recvQueue: 5 }), leak({ cookie: '2', peerPort: 50_001 }));
    expect([...tracker.open()].map(({ recvQueue, changed }) => ({ recvQueue, changed }))).toEqual([
      { recvQueue: 5, changed: true },
      { recvQueue: 1, changed: false },
    ]);
  });

  it('has news where something begins or ceases to wait to be sent, and none where only its amount changes', () => {
    const sending = (sendQueue: number): CloseWaitSocket => ({ ...leak(), sendQueue });
    const changes: boolean[] = [];
    for (const sendQueue of [0, 0, 900, 700, 0]) {
      look(sending(sendQueue));
      for (const tracked of tracker.open()) {
        changes.push(tracked.changed);
        expect(tracked.sendQueue).toBe(sendQueue);
        tracked.changed = false;
      }
    }
    expect(changes).toEqual([true, true, false, true]);
  });

  it('has no news in what the peer acknowledges', () => {
    look(leak());
    look(leak());
    const [tracked] = [...tracker.open()];
    if (tracked === undefined) throw new Error('nothing is tracked');
    tracked.changed = false;
    tracked.learn({ bytesAcked: 5, lastDataSentMs: 100, lastDataReceivedMs: 0, lastAckReceivedMs: 0 }, now);
    tracked.learn({ bytesAcked: 9, lastDataSentMs: 100, lastDataReceivedMs: 0, lastAckReceivedMs: 0 }, now + 500);
    expect(tracked).toMatchObject({ changed: false, progress: { bytesAcked: 9, lastSentAt: now + 400 } });
  });

  it('knows a direction: inbound where somebody listens or nobody accepted yet, outbound where one dials from', () => {
    const sockets = [
      leak({ cookie: '1', localPort: 8080 }),
      leak({ cookie: '2', localPort: 40_000 }),
      leak({ cookie: '3', localPort: 40_001, inode: 0 }),
    ];
    look(...sockets);
    look(...sockets);
    expect([...tracker.open()].map(({ direction }) => direction)).toEqual(['inbound', 'outbound', 'inbound']);
  });

  it('knows no direction where a listener may have closed', () => {
    look(leak({ localPort: 9090 }));
    look(leak({ localPort: 9090 }));
    expect([...tracker.open()][0]?.direction).toBeNull();
  });

  it('counts what passes at an endpoint, also what only one look saw, and not what the first look found', () => {
    const peers = (from: number, to: number): CloseWaitSocket[] =>
      Array.from({ length: to - from }, (_, index) => leak({ cookie: `${from + index}`, inode: from + index }));
    look(...peers(1, 4));
    expect(tracker.takeTurnover(10)).toEqual([]);
    look(...peers(1, 11));
    expect(tracker.takeTurnover(10)).toEqual([
      {
        direction: 'inbound',
        endpoint: { address: null, port: 8080 },
        process: null,
        opened: 7,
        closed: 0,
        alive: 10,
      },
    ]);
    look(...peers(1, 4));
    look(...peers(1, 4), leak({ cookie: '99', localPort: 40_000, peerPort: 5432 }));
    expect(tracker.takeTurnover(10)).toMatchObject([
      { endpoint: { port: 8080 }, opened: 0, closed: 7, alive: 3 },
      {
        direction: 'outbound',
        endpoint: { address: '198.51.100.2', port: 5432 },
        opened: 1,
        closed: 0,
        alive: 1,
      },
    ]);
    expect(tracker.takeTurnover(10)).toEqual([]);
  });

  it('names the process of an endpoint while one holds all that is known there', () => {
    const owner = { pid: 7, startedAt: instant(0), executable: 'java', command: '', descriptor: 3 };
    const sockets = [leak({ cookie: '1' }), leak({ cookie: '2', inode: 8 })];
    look(...sockets);
    look(...sockets);
    for (const tracked of tracker.open()) tracked.owners = [owner];
    look(...sockets, leak({ cookie: '3', inode: 9 }));
    expect(tracker.takeTurnover(10)).toMatchObject([{ process: { pid: 7, executable: 'java' }, opened: 1, alive: 3 }]);
    const [first] = [...tracker.open()];
    if (first !== undefined) first.owners = [{ ...owner, pid: 8 }];
    look(...sockets);
    look(...sockets);
    expect(tracker.takeTurnover(10)).toMatchObject([{ process: null, closed: 1 }]);
  });

  it('counts endpoints without bounds as one, and forgets those that nothing is left of', () => {
    for (let round = 0; round < 3; round++) {
      const dialled = Array.from({ length: 5_000 }, (_, index) =>
        leak({ cookie: `${round} ${index}`, localPort: 40_000, peerPort: index }),
      );
      look(...dialled);
      expect(tracker.takeTurnover(500)).toHaveLength(round === 0 ? 0 : 500);
      look();
      look();
      tracker.takeTurnover(500);
      expect(tracker.size).toBe(0);
    }
  });

  it('hands over what was open when its source is changed, and begins anew', () => {
    look(leak());
    look(leak());
    expect(tracker.abandon()).toHaveLength(1);
    expect(tracker.looks).toBe(0);
    expect(look(leak({ cookie: null })).gone).toEqual([]);
    expect(openIds()).toEqual([]);
  });
});
