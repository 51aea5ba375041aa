import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AgentEvent, type Incident } from '@closewatch/protocol';
import { LeakStory, STEP_MS } from '../testing/leak-story.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { iso } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const MINUTE = 60_000 / STEP_MS;
const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

let database: TestDatabase;
let clock: MovableClock;
let api: TestApi;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  api = await TestApi.start({ databaseUrl: database.url, clock });
  cookie = await api.signIn();
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const incidents = async ({ push }: LeakStory) =>
  (await api.read<{ items: Incident[] }>(cookie, '/api/v1/incidents?state=all&rule=leak')).items.filter(
    ({ hostId }) => hostId === push.agentId,
  );

/** Another container takes the place of the story's own. */
function replace(story: LeakStory, containerId: string): AgentEvent {
  const before = { ...story.process, ...story.placement };
  story.restart();
  story.placement = { containerId };
  const process = { ...story.process, executable: '/usr/bin/node', containerId };
  return { at: iso(clock.now()), kind: 'service_restarted', process, before, replaced: true };
}

describe('the leak of a service', () => {
  it('in a container ends with it, and its recurrence in the next but one is linked', async () => {
    const story = new LeakStory({ clock });
    story.placement = { containerId: A };
    await story.leak(api, 2 * MINUTE, 10);
    const [first] = await incidents(story);
    await story.leak(api, 1, 0, { events: [replace(story, B)] });
    await story.leak(api, 1, 0, { events: [replace(story, C)] });
    expect(await incidents(story)).toMatchObject([{ id: first?.id, resolvedAs: 'restart' }]);
    await story.leak(api, 2 * MINUTE, 10);
    const [again] = await incidents(story);
    expect(again).toMatchObject({ state: 'open', previousId: first?.id, recurrence: 1 });
    expect(again?.subject).toMatchObject({ service: { containerId: C } });
  });

  it('is the same one whoever’s session started it', async () => {
    const story = new LeakStory({ clock, port: 9_090 });
    story.placement = { unit: 'session-4.scope' };
    await story.leak(api, 2 * MINUTE, 10);
    const [first] = await incidents(story);
    story.restart();
    story.placement = { unit: 'session-5.scope' };
    await story.leak(api, 35 * MINUTE, 0);
    await story.leak(api, 2 * MINUTE, 10);
    // It has recovered a quarter of an hour after the restart: what comes back within half an hour more goes on.
    expect(await incidents(story)).toMatchObject([{ id: first?.id, state: 'open' }]);
  });
});
