import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSnapshot, iso } from '../testing/push-builder.ts';
import { SampleStory, START } from '../testing/sample-story.ts';
import { errorOf } from '../testing/test-api.ts';
import { createTestDatabase } from '../testing/test-database.ts';

let story: SampleStory;

beforeAll(async () => {
  story = await SampleStory.begin(await createTestDatabase());
});

afterAll(() => story?.end());

describe('what makes no sense', () => {
  it.each([
    ['processes', 'at', 'at=yesterday'],
    ['processes', 'netns', 'netns=-1'],
    ['ports', 'at', 'at=1969-12-31T23:59:59Z'],
    ['processes/history', 'from', 'from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z'],
    ['processes/history', 'from', 'from=2026-01-01T00:00:00Z&to=2026-02-06T00:00:00Z'],
    ['ports/history', 'from', 'from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59Z'],
    ['ports/history', 'from', 'from=1970-01-01T00:00:00Z'],
    ['ports/history', 'to', 'to=soon'],
    ['ports/history', 'points', 'points=1000000000'],
    ['processes/history', 'points', 'points=0'],
    ['processes/history', 'points', 'points=1.5'],
    ['processes/history', 'top', 'top=51'],
    ['processes/history', 'pid', 'pid=0'],
    ['processes/history', 'pid', 'pid=4194305'],
    ['processes/history', 'pid', 'pid=java'],
    ['processes/history', 'startedAt', 'pid=1&startedAt=then'],
    ['processes/history', 'startedAt', 'startedAt=2026-01-01T00:00:00Z'],
    ['ports/history', 'localAddress', 'localAddress=localhost'],
    ['ports/history', 'peerAddress', 'peerAddress=198.51.100.256'],
    ['ports/history', 'peerPort', 'peerPort=65536'],
  ])('is 400 for %s: a bad %s', async (path, parameter, query) => {
    const { agentId } = await story.tell([buildSnapshot()]);
    const answer = await story.request(agentId, `${path}?${query}`);
    expect(errorOf(answer)).toMatchObject({ statusCode: 400, issues: [{ path: parameter }] });
  });

  it('says how long a range may be', async () => {
    const { agentId } = await story.tell([buildSnapshot()]);
    const query = 'from=2026-01-01T00:00:00Z&to=2026-02-06T00:00:00Z';
    const { issues } = errorOf(await story.request(agentId, `processes/history?${query}`));
    expect(issues[0]?.message).toContain('35 days');
  });

  it('is 404 for a host that is not there', async () => {
    const unknown = '9aea92db-9030-4be5-a3e6-3b140e22073e';
    for (const route of [
      'processes/history',
      'ports/history',
      `ports?at=${iso(START)}`,
      `processes?at=${iso(START)}`,
    ]) {
      expect(errorOf(await story.request(unknown, route)).statusCode).toBe(404);
    }
  });
});
