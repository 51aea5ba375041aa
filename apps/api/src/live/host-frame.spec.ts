import { describe, expect, it } from '@jest/globals';
import { type ConnectionItem, type Owner } from '@closewatch/protocol';
import { connectionItem } from '../connections/connection-item.ts';
import { buildConnection, iso } from '../testing/push-builder.ts';
import { type Sections } from '../sections/sections.queries.ts';
import { ConnectionJudge, NOTHING_TOLD } from '../verdicts/connection-judge.ts';
import { hostChange, hostFrame } from './host-frame.ts';

const START = 1_800_000_000_000;
const judge = new ConnectionJudge(NOTHING_TOLD);
const NO_HOST = {} as never;

function item(socketId: string, overrides: Partial<ConnectionItem> = {}, now = START): ConnectionItem {
  return { ...connectionItem(buildConnection(socketId, START, { lastSeenAt: iso(now) }), now, judge), ...overrides };
}

const frame = (connections: readonly ConnectionItem[], sections: Sections = new Map()) =>
  hostFrame({ cursor: '1', hostId: 1, netns: 0, host: NO_HOST, connections, sections, namespaces: [] });
const [owner] = item('socket-aaaa').owners as [Owner];

/** Another value for each field that is no key and does not pass by itself: a new field is missing here, says the compiler. */
type Substance = Omit<ConnectionItem, 'socketId' | 'transport' | 'lastSeenAt' | 'ageSeconds'>;
const OTHER_OWNER: Required<Owner> = {
  pid: 4_712,
  startedAt: iso(START),
  executable: '/bin/sh',
  command: 'sh',
  descriptor: null,
  unit: 'web.service',
  containerId: 'c0ffee',
};
const OTHER: Required<Substance> = {
  local: { address: '192.0.2.1', port: 8_081 },
  peer: { address: '198.51.100.8', port: 51_234 },
  direction: null,
  openedAfter: null,
  openedBefore: iso(START - 500),
  firstSeenAt: iso(START - 500),
  endedAt: iso(START),
  endedAs: 'lost',
  recvQueue: 99,
  sendQueue: 99,
  uid: null,
  bytesAcked: 9,
  lastSentAt: iso(START),
  timer: { kind: 'keepalive', expiresInMs: 9, retries: 1 },
  acceptQueue: { length: 1, limit: 128 },
  ownership: 'hidden',
  owners: [],
  verdict: {
    verdict: 'code_leak',
    confidence: 1,
    for: [],
    against: [],
    missing: [],
    advice: { key: 'advice.code_leak', parameters: {} },
  },
};

describe('hostChange', () => {
  it.each<[string, Partial<ConnectionItem>]>([
    ...Object.entries(OTHER).map(([name, value]): [string, object] => [name, { [name]: value }]),
    ...Object.entries(OTHER_OWNER).map(([name, value]): [string, object] => [
      `owner's ${name}`,
      { owners: [{ ...owner, [name]: value }] },
    ]),
    ['second owner', { owners: [owner, owner] }],
  ])('tells of a connection with another %s, and not of its neighbour', (_what, overrides) => {
    const before = frame([item('socket-aaaa'), item('socket-bbbb')]);
    const after = [item('socket-aaaa', overrides), item('socket-bbbb')];
    expect(hostChange(before, frame(after))).toEqual({ changed: [after[0]], endedSocketIds: [], details: {} });
    expect(hostChange(frame(after), before)).toEqual({
      changed: [item('socket-aaaa')],
      endedSocketIds: [],
      details: {},
    });
  });

  it('is silent about connections that were only seen again', () => {
    const later = item('socket-aaaa', {}, START + 60_000);
    expect(hostChange(frame([item('socket-aaaa')]), frame([later]))).toEqual({
      changed: [],
      endedSocketIds: [],
      details: {},
    });
  });

  it('tells of new and of ended connections', () => {
    const change = hostChange(frame([item('socket-aaaa')]), frame([item('socket-bbbb')]));
    expect(change).toEqual({ changed: [item('socket-bbbb')], endedSocketIds: ['socket-aaaa'], details: {} });
  });

  it('is silent about timers that only run and instants that only waver', () => {
    const running = (expiresInMs: number, lastSentMs: number) =>
      item('socket-aaaa', { timer: { kind: 'keepalive', expiresInMs, retries: 0 }, lastSentAt: iso(lastSentMs) });
    const change = hostChange(frame([running(5_000, START)]), frame([running(2_000, START + 40)]));
    expect(change.changed).toEqual([]);
  });

  it('tells of the details only those that were taken anew', () => {
    const told = (second: number, content: unknown) => ({ takenAt: iso(START + second * 1_000), content });
    const evidence = told(1, []);
    const before = frame(
      [],
      new Map([
        ['evidence', evidence],
        ['orphans', told(1, { count: 1, items: [] })],
      ]),
    );
    const after = frame(
      [],
      new Map([
        ['evidence', evidence],
        ['kernel.counter.TW', told(2, 7)],
      ]),
    );
    expect(hostChange(before, before).details).toEqual({});
    expect(hostChange(before, after).details).toEqual({
      orphans: null,
      kernel: { takenAt: iso(START + 2_000), counters: { TW: 7 } },
    });
  });

  it('costs a fraction of writing the connections as text', () => {
    const items = (now: number) =>
      Array.from({ length: 5_000 }, (_, index) => item(`socket-${10_000 + index}`, {}, now));
    const [before, after] = [items(START), items(START + 5_000)];
    const frames = [frame(before), frame(after)] as const;
    const compare = () => hostChange(...frames);
    const write = () => [...before, ...after].map((one) => JSON.stringify(one));
    expect(compare().changed).toEqual([]);
    expect(quickest(compare)).toBeLessThan(quickest(write) / 2);
  });
});

/** Milliseconds of the quickest of some runs: what else the machine does makes none of them quicker. */
function quickest(run: () => unknown): number {
  return Math.min(
    ...Array.from({ length: 8 }, () => {
      const startedAt = performance.now();
      run();
      return performance.now() - startedAt;
    }),
  );
}
