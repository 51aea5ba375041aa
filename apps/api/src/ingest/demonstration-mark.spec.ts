import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Host, type Page, SessionSchema } from '@closewatch/protocol';
import { buildPush } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database?.drop();
});

/** Starts a server with this setting, pushes from a host and returns what people then read. */
async function shownWith(setting: 'on' | 'off'): Promise<{ demonstration: boolean; labels: Host['labels'] }> {
  const api = await TestApi.start({ databaseUrl: database.url, environment: { CLOSEWATCH_DEMO: setting } });
  try {
    const push = buildPush();
    await api.pushed(push);
    const cookie = await api.signIn();
    const session = SessionSchema.parse(await api.read(cookie, '/api/v1/session'));
    let labels: Host['labels'] = {};
    for (let attempt = 0; attempt < 20 && labels['demo'] === undefined; attempt++) {
      const { items } = await api.read<Page<Host>>(cookie, '/api/v1/hosts');
      labels = items.find(({ id }) => id === push.agentId)?.labels ?? {};
      if (setting === 'off') break;
      await sleep(50);
    }
    return { demonstration: session.demonstration, labels };
  } finally {
    await api.stop();
  }
}

it('a server that demonstrates says so, and labels the hosts that push to it', async () => {
  expect(await shownWith('on')).toEqual({ demonstration: true, labels: { demo: 'simulated' } });
});

it('any other says that it does not, and labels nothing', async () => {
  expect(await shownWith('off')).toEqual({ demonstration: false, labels: {} });
});
