import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TextIngestAnswer } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { PackingService } from '../packing/packing.service.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { HEADING, LISTEN, TextSender } from '../testing/text-sender.ts';
import { lastTexts } from './last-texts.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The one after the next. */
const MIDNIGHT = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2 * DAY_MS;

let database: TestDatabase;
let api: TestApi;
let texts: TextSender;
const clock = new MovableClock();
const answers: TextIngestAnswer[] = [];

/** Sends a text so many minutes after midnight. */
async function send(host: string, minutes: number): Promise<TextIngestAnswer> {
  clock.aheadMs = MIDNIGHT + minutes * MINUTE_MS - Date.now();
  return texts.sent(host, HEADING + LISTEN);
}

/** The numbers of the last two, the newest first, and when they were sent in minutes after midnight. */
async function last(host: TextIngestAnswer): Promise<[seq: number, minutes: number][]> {
  const rows = await database.query<{ id: number }>('SELECT host_id AS id FROM host WHERE agent_id = $1', [
    host.host.id,
  ]);
  const found = await lastTexts(api.app.get(DataSource).manager, rows[0]?.id ?? 0, MIDNIGHT - DAY_MS);
  return found.map(({ seq, takenAt }) => [seq, Math.round((takenAt - MIDNIGHT) / MINUTE_MS)]);
}

const minutesOf = ({ intervalMs }: TextIngestAnswer): number => Math.round(intervalMs / MINUTE_MS);

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  texts = new TextSender(api, await api.signIn());
  for (const minutes of [-150, -90, -30]) {
    for (const host of ['hourly', 'behind', 'damaged']) answers.push(await send(host, minutes));
  }
  const packing = api.app.get(PackingService);
  // The second round drops the day that the first one packed.
  for (let round = 0; round < 2; round++) await packing.packUntil(MIDNIGHT + 20 * MINUTE_MS);
  const rows = await database.query('SELECT FROM snapshot');
  if (rows.length > 0) throw new Error('There are rows of the day before still.');
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

describe('a host that sends its text once an hour', () => {
  it('goes on after midnight as it was, though the rows of the day before are gone', async () => {
    const first = await send('hourly', 30);
    expect(minutesOf(first)).toBe(60);
    expect(await last(first)).toEqual([
      [3, 30],
      [2, -30],
    ]);
    clock.aheadMs += 50 * MINUTE_MS;
    expect((await texts.hostOf(first)).status).toBe('live');
    const second = await send('hourly', 90);
    expect(minutesOf(second)).toBe(60);
    expect(await last(second)).toEqual([
      [4, 90],
      [3, 30],
    ]);
  });

  it('goes on from a text that came late', async () => {
    await send('behind', -10);
    const next = await send('behind', 30);
    expect(minutesOf(next)).toBe(20);
    expect(await last(next)).toEqual([
      [4, 30],
      [3, -10],
    ]);
  });

  it('is not held up by a pack that is damaged', async () => {
    const [, , damaged] = answers;
    await database.query(
      "UPDATE snapshot_pack SET content = 'half' FROM host WHERE host.host_id = snapshot_pack.host_id AND agent_id = $1",
      [damaged?.host.id],
    );
    expect(minutesOf(await send('damaged', 30))).toBe(1);
  });
});
