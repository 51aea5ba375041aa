import { describe, expect, it } from '@jest/globals';
import { meaningOf } from './push-answer.ts';

const NOW = Date.parse('2026-11-22T03:00:00.000Z');

describe('an answer to a push', () => {
  it('is accepted when it has the shape of the contract', () => {
    const answer = { accepted: 1, duplicate: 0, rejected: [], serverTime: '2026-11-22T03:00:00.000Z', resync: true };
    expect(meaningOf({ status: 200, headers: {}, body: JSON.stringify(answer) }, NOW)).toEqual({
      kind: 'accepted',
      answer,
    });
  });

  it('is none of ours when a proxy answers 200 with a page', () => {
    expect(meaningOf({ status: 200, headers: {}, body: '<html>' }, NOW)).toMatchObject({ as: 'not_closewatch' });
  });

  it.each([
    [400, 'malformed'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not_closewatch'],
    [302, 'not_closewatch'],
    [409, 'cloned'],
    [413, 'too_large'],
    [426, 'wrong_version'],
    [429, 'busy'],
    [500, 'unreachable'],
    [502, 'unreachable'],
    [503, 'busy'],
  ])('with status %i means %s', (status, as) => {
    expect(meaningOf({ status, headers: {}, body: '' }, NOW)).toEqual({ kind: 'refused', as, words: String(status) });
  });

  it.each([
    [['snapshots.3.seq'], 'bad_snapshot'],
    [['snapshots'], 'bad_snapshot'],
    [['agent.hostname'], 'malformed'],
    [['agent.hostname', 'snapshots.0'], 'malformed'],
    [['snapshotsOfYesterday'], 'malformed'],
    [[''], 'malformed'],
    [[], 'malformed'],
  ])('with status 400 for %j means %s', (paths, as) => {
    const issues = paths.map((path) => ({ path, message: 'odd' }));
    const body = JSON.stringify({ statusCode: 400, error: 'Bad Request', message: 'm', issues, requestId: 'r' });
    expect(meaningOf({ status: 400, headers: {}, body }, NOW)).toMatchObject({ kind: 'refused', as });
  });

  it("says in the server's words what is wrong", () => {
    const body = JSON.stringify({
      statusCode: 426,
      error: 'Upgrade Required',
      message: 'this server speaks protocol 2',
      issues: [{ path: 'protocol', message: 'is 1' }],
      requestId: 'r',
    });
    expect(meaningOf({ status: 426, headers: {}, body }, NOW)).toMatchObject({
      words: '426 this server speaks protocol 2; protocol: is 1',
    });
  });

  it('names a time to come back, in seconds or as a date', () => {
    const after = (value: string) => meaningOf({ status: 503, headers: { 'retry-after': value }, body: '' }, NOW);
    expect(after('7')).toMatchObject({ retryAfterMs: 7_000 });
    expect(after('Sun, 22 Nov 2026 03:00:30 GMT')).toMatchObject({ retryAfterMs: 30_000 });
    expect(after('Sun, 22 Nov 2026 02:00:00 GMT')).toMatchObject({ retryAfterMs: 0 });
    expect(after('soon')).not.toHaveProperty('retryAfterMs');
  });
});
