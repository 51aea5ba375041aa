import { expect, it } from '@jest/globals';
import {
  FleetWatchSchema,
  HostConnectionsSchema,
  HostDetailsNewsSchema,
  HostWatchSchema,
  type ClientEventMap,
  type LiveAnswer,
  type ServerEventMap,
} from './live-events.ts';
import { connection } from './testing/pushes.ts';

const id = '0191d9c8-7b5e-7abc-8def-0123456789ab';

it('watches the fleet, or some hosts of it', () => {
  expect(FleetWatchSchema.parse({})).toEqual({});
  expect(FleetWatchSchema.parse({ ids: [id.toUpperCase()] })).toEqual({ ids: [id] });
});

it.each([null, undefined, [], { ids: 'all' }, { ids: ['web-1'] }, { ids: Array(1_001).fill(id) }])(
  'does not watch the fleet for %p',
  (watch) => {
    expect(FleetWatchSchema.safeParse(watch).success).toBe(false);
  },
);

it.each([null, {}, { id: 'web-1' }, { id: [id] }])('does not watch a host for %j', (watch) => {
  expect(HostWatchSchema.safeParse(watch).success).toBe(false);
});

it('watches a host through its own network namespace unless another is named', () => {
  expect(HostWatchSchema.parse({ id })).toEqual({ id, netns: 0 });
  expect(HostWatchSchema.parse({ id, netns: 7 })).toEqual({ id, netns: 7 });
  expect(HostWatchSchema.safeParse({ id, netns: -1 }).success).toBe(false);
});

it('tells of the details only those that are new', () => {
  const takenAt = '2026-11-22T03:04:05.678Z';
  const news = {
    ...{ cursor: '8', previousCursor: '7', hostId: id, netns: 3 },
    details: { orphans: null, kernel: { takenAt, counters: { TW: 1 } } },
  };

  expect(HostDetailsNewsSchema.parse(news)).toEqual(news);
  const undated = { ...news, details: { kernel: { counters: { TW: 1 } } } };
  expect(HostDetailsNewsSchema.safeParse(undated).success).toBe(false);
});

it('says with each message which picture it continues', () => {
  const item = { ...connection(), ageSeconds: { atLeast: 5, atMost: 10 }, verdict: null };
  const message = {
    cursor: '8',
    previousCursor: '7',
    hostId: id,
    netns: 0,
    changed: [item],
    endedSocketIds: ['c0ffee01c0ffee01'],
  };

  expect(HostConnectionsSchema.parse(message)).toEqual(message);
  expect(HostConnectionsSchema.safeParse({ ...message, previousCursor: undefined }).success).toBe(false);
});

it('has one name for an event at both ends, with what it carries', () => {
  const hostWatch: Parameters<ClientEventMap['host:watch']>[0] = { id };
  const refusal: LiveAnswer<null> = { ok: false, error: { statusCode: 404, message: 'no such host' } };
  // @ts-expect-error: a refusal has no picture
  const picture: unknown = refusal.picture;
  // @ts-expect-error: the server sends no such event
  const misspelt: keyof ServerEventMap = 'host:snapshots';

  expect([hostWatch.id, picture, misspelt]).toEqual([id, undefined, 'host:snapshots']);
});
