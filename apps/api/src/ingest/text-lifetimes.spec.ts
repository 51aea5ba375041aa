import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TextIngestAnswer } from '@closewatch/protocol';
import { MovableClock } from '../testing/movable-clock.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { closeWait, HEADING, LISTEN, recordedText, TextSender } from '../testing/text-sender.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let api: TestApi;
let texts: TextSender;
const clock = new MovableClock();
const advance = (ms: number): void => {
  clock.aheadMs += ms;
};

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  texts = new TextSender(api, await api.signIn());
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

describe('texts of one host', () => {
  it('are one host by its name, whatever the case, and never an agent', async () => {
    const [one, other] = [await texts.sent('Web-1', HEADING + LISTEN), await texts.sent('web-1', HEADING + LISTEN)];

    expect(other.host.id).toBe(one.host.id);
    // Version 5, a hash; agents' ids are of version 4, random.
    expect(one.host.id[14]).toBe('5');
    expect((await texts.sent('web-2', HEADING + LISTEN)).host.id).not.toBe(one.host.id);
  });

  it('make a socket one lifetime while it stays, and end it when it is gone', async () => {
    const start = clock.now();
    const first = await texts.sent('stays', HEADING + LISTEN + closeWait(1) + closeWait(2));
    const before = (await texts.connectionsOf(first)).find(({ peer }) => peer.port === 1);
    advance(MINUTE_MS);
    const second = await texts.sent('stays', HEADING + LISTEN + closeWait(1) + closeWait(3));
    const after = await texts.connectionsOf(second);

    expect(after.map(({ peer }) => peer.port).sort()).toEqual([1, 3]);
    expect(after.find(({ peer }) => peer.port === 1)).toMatchObject({
      socketId: before?.socketId,
      firstSeenAt: before?.firstSeenAt,
      ageSeconds: { atLeast: expect.closeTo((clock.now() - start) / 1_000, -1), atMost: null },
    });
    expect((await texts.hostOf(second)).closeWait).toMatchObject({ count: 2, aged: 1 });
  });

  it('tell a new socket on the same addresses by its age', async () => {
    const age = (ms: number): string => `\n\t cubic cwnd:10 lastrcv:${ms} lastack:${ms}`;
    const old = await texts.sent('again', HEADING + LISTEN + closeWait(1, age(500_000)));
    const [before] = await texts.connectionsOf(old);
    advance(10 * MINUTE_MS);
    const [after] = await texts.connectionsOf(await texts.sent('again', HEADING + LISTEN + closeWait(1, age(1_000))));

    expect(after?.socketId).not.toBe(before?.socketId);
    expect(after?.ageSeconds.atLeast).toBeLessThan(2);
    advance(MINUTE_MS);
    const [later] = await texts.connectionsOf(await texts.sent('again', HEADING + LISTEN + closeWait(1, age(61_000))));
    expect(later?.socketId).toBe(after?.socketId);
  });

  it('tell sockets apart by cookie or inode, and know one again that told neither before', async () => {
    const idsOf = async (host: string, told: readonly string[]): Promise<(string | undefined)[]> => {
      const ids: (string | undefined)[] = [];
      for (const words of told) {
        advance(MINUTE_MS);
        const connections = await texts.connectionsOf(await texts.sent(host, HEADING + LISTEN + closeWait(1, words)));
        ids.push(...connections.map(({ socketId }) => socketId));
      }
      return ids;
    };
    const [one, again, other, silent] = await idsOf('told', ['ino:7 sk:1a', 'ino:7 sk:1a', 'ino:7 sk:1b', '']);

    expect([again, silent]).toEqual([one, other]);
    expect(other).not.toBe(one);
    const [before, after] = await idsOf('told-later', ['', 'ino:7']);
    expect(after).toBe(before);
  });

  it('do not end a connection that may be one whose address netstat cut', async () => {
    const wide = await texts.sent('cut', recordedText('netstat-antpW'));
    advance(MINUTE_MS);
    const cut = await texts.sent('cut', recordedText('netstat-an'));

    expect((await texts.connectionsOf(cut)).map(({ socketId }) => socketId).sort()).toEqual(
      (await texts.connectionsOf(wide)).map(({ socketId }) => socketId).sort(),
    );
    advance(MINUTE_MS);
    const without = recordedText('netstat-an').replace(/^tcp6.*CLOSE_WAIT *\n/gm, '');
    const peers = (await texts.connectionsOf(await texts.sent('cut', without))).map(({ peer }) => peer.address);
    expect(new Set(peers)).toEqual(new Set(['127.0.0.1']));
  });

  it('are live by their own interval, over one gap too', async () => {
    const answers: TextIngestAnswer[] = [];
    for (const minutes of [0, 1, 30, 1, 10, 10, 10]) {
      advance(minutes * MINUTE_MS);
      answers.push(await texts.sent('interval', HEADING + LISTEN));
    }
    expect(answers.map(({ intervalMs }) => Math.round(intervalMs / MINUTE_MS))).toEqual([1, 1, 1, 1, 1, 10, 10]);
    const [answer] = answers;
    if (answer === undefined) throw new Error('nothing was sent');
    advance(29 * MINUTE_MS);
    expect((await texts.hostOf(answer)).status).toBe('live');
    advance(10 * MINUTE_MS);
    expect((await texts.hostOf(answer)).status).toBe('stale');
  });

  it('that come at the same moment are stored one by one, each socket once', async () => {
    const text = HEADING + LISTEN + closeWait(1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => texts.sent('crowd', text)));
    const rows = await database.query<{ seq: string }>(
      'SELECT seq FROM snapshot JOIN host USING (host_id) WHERE agent_id = $1 ORDER BY taken_at',
      [answers[0]?.host.id],
    );
    expect(rows.map(({ seq }) => Number(seq))).toEqual([0, 1, 2, 3, 4]);
    const [answer] = answers;
    if (answer === undefined) throw new Error('nothing was sent');
    expect(await texts.connectionsOf(answer)).toHaveLength(1);
  });
});
