import { describe, expect, it } from '@jest/globals';
import { ConnectionItemSchema, ConnectionSchema, type Connection } from './connection.ts';
import { issuesOf, type Issue } from './error.ts';
import { connection } from './testing/pushes.ts';

const issuesWith = (changes: object): Issue[] => {
  const { error } = ConnectionSchema.safeParse(connection(changes));
  return error === undefined ? [] : issuesOf(error);
};
const pathsWith = (changes: object): string[] => issuesWith(changes).map(({ path }) => path);
const { owners: [owner] = [] } = connection();

it('keeps every field that it knows', () => {
  expect(ConnectionSchema.parse(connection())).toEqual(connection());
});

it('ignores fields that it does not know', () => {
  expect(ConnectionSchema.parse({ ...connection(), congestion: 'bbr' })).toEqual(connection());
});

it('says what it takes for granted when an agent tells less', () => {
  const { bytesAcked, lastSentAt, timer, acceptQueue, ...before } = connection();
  const { direction, openedAfter, uid, ownership, owners, ...told } = before;

  expect([bytesAcked, lastSentAt, timer, acceptQueue]).not.toContain(undefined);
  expect([direction, openedAfter, uid, ownership, owners]).not.toContain(undefined);
  expect(ConnectionSchema.parse(told)).toEqual({
    ...told,
    direction: null,
    openedAfter: null,
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
    uid: null,
    ownership: 'none',
    owners: [],
  });
});

it('takes an owner of whom no more than name and pid is known', () => {
  const named = { ...owner, startedAt: null, descriptor: null };

  expect(ConnectionSchema.parse(connection({ owners: [named] })).owners).toEqual([named]);
});

describe('the time it entered CLOSE_WAIT', () => {
  it('may be known to the millisecond', () => {
    const at = '2026-11-22T03:00:00.000Z';

    expect(issuesWith({ openedAfter: at, openedBefore: at })).toEqual([]);
  });

  it('may have no lower bound', () => {
    expect(issuesWith({ openedAfter: null })).toEqual([]);
  });

  it('has its bounds in order', () => {
    expect(issuesWith({ openedAfter: '2026-11-22T03:00:05.001Z', openedBefore: '2026-11-22T03:00:05Z' })).toEqual([
      { path: 'openedAfter', message: 'must not be later than openedBefore' },
    ]);
  });

  it('is compared as time and not as text', () => {
    expect(issuesWith({ openedAfter: '2026-11-22T03:00:05Z', openedBefore: '2026-11-22T03:00:05.000Z' })).toEqual([]);
    expect(issuesWith({ openedAfter: '2026-11-22T03:00:05.000Z', openedBefore: '2026-11-22T03:00:05Z' })).toEqual([]);
  });
});

it('is not last seen before it is first seen', () => {
  expect(issuesWith({ firstSeenAt: '2026-11-22T03:04:05.001Z' })).toEqual([
    { path: 'firstSeenAt', message: 'must not be later than lastSeenAt' },
  ]);
});

describe('the end', () => {
  it.each(['closed', 'orphaned', 'lost'])('may be %s', (endedAs) => {
    expect(issuesWith({ endedAt: '2026-11-22T03:05:00.000Z', endedAs })).toEqual([]);
  });

  it.each([{ endedAt: '2026-11-22T03:05:00.000Z' }, { endedAs: 'closed' }])(
    'says when and how, or neither: not %j',
    (changes) => {
      expect(issuesWith(changes)).toEqual([{ path: 'endedAs', message: 'must be given exactly when endedAt is' }]);
    },
  );

  it('is of no other kind', () => {
    expect(pathsWith({ endedAt: '2026-11-22T03:05:00.000Z', endedAs: 'vanished' })).toEqual(['endedAs']);
  });
});

it.each([
  [{ socketId: 'short' }, 'socketId'],
  [{ socketId: 'x'.repeat(65) }, 'socketId'],
  [{ socketId: "'; drop table" }, 'socketId'],
  [{ transport: 'udp' }, 'transport'],
  [{ local: undefined }, 'local'],
  [{ local: { address: 'db', port: 1 } }, 'local.address'],
  [{ peer: { address: '192.0.2.1', port: 70_000 } }, 'peer.port'],
  [{ direction: 'sideways' }, 'direction'],
  [{ openedBefore: 'now' }, 'openedBefore'],
  [{ openedBefore: undefined }, 'openedBefore'],
  [{ firstSeenAt: 0 }, 'firstSeenAt'],
  [{ recvQueue: -1 }, 'recvQueue'],
  [{ recvQueue: 4_294_967_296 }, 'recvQueue'],
  [{ sendQueue: 0.5 }, 'sendQueue'],
  [{ uid: -1 }, 'uid'],
  [{ ownership: 'maybe' }, 'ownership'],
  [{ owners: [{ ...owner, pid: 0 }] }, 'owners.0.pid'],
  [{ owners: [owner, { ...owner, command: 'java\0' }] }, 'owners.1.command'],
  [{ owners: [{ ...owner, executable: '\ud800' }] }, 'owners.0.executable'],
  [{ owners: [{ ...owner, descriptor: -1 }] }, 'owners.0.descriptor'],
  [{ owners: [{ ...owner, startedAt: 'boot' }] }, 'owners.0.startedAt'],
  [{ owners: [{ ...owner, unit: 'u'.repeat(257) }] }, 'owners.0.unit'],
  [{ owners: Array(65).fill(owner) }, 'owners'],
])('with %j is at fault in %s alone', (changes, path) => {
  expect(pathsWith(changes)).toEqual([path]);
});

it('may have a queue of four gigabytes, and an owner whose descriptor nobody saw', () => {
  expect(issuesWith({ recvQueue: 4_294_967_295, owners: [{ ...owner, descriptor: null }] })).toEqual([]);
});

it('may wait in a queue of which only the length is known, and in none without a length', () => {
  expect(issuesWith({ acceptQueue: { length: 4, limit: null } })).toEqual([]);
  expect(pathsWith({ acceptQueue: { limit: 4 } })).toEqual(['acceptQueue.length']);
});

it('is judged by the same rules when people read it', () => {
  const item = { ...connection(), ageSeconds: { atLeast: 240, atMost: null }, verdict: null };

  expect(ConnectionItemSchema.parse(item)).toEqual(item);
  expect(ConnectionItemSchema.safeParse({ ...item, openedAfter: '2026-11-22T04:00:00.000Z' }).success).toBe(false);
  expect(ConnectionItemSchema.safeParse({ ...item, ageSeconds: undefined }).success).toBe(false);
});

it('leaves to the compiler that ended is told by two fields that may be absent', () => {
  const parsed: Connection = ConnectionSchema.parse(connection());
  // @ts-expect-error: an end may be absent, so it is no string yet
  const endedAt: string = parsed.endedAt;

  expect(endedAt).toBeUndefined();
});
