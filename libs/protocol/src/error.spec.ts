import { expect, it } from '@jest/globals';
import * as z from 'zod';
import { ErrorAnswerSchema, issuesOf } from './error.ts';

const schema = z.object({ hosts: z.array(z.object({ port: z.int().max(65_535) })) });

it('says where and what, in dots', () => {
  const { error } = schema.safeParse({ hosts: [{ port: 1 }, { port: 65_536 }] });

  expect(error && issuesOf(error)).toEqual([{ path: 'hosts.1.port', message: expect.stringContaining('65535') }]);
});

it('says where the value stood in the body', () => {
  const { error } = schema.safeParse({ hosts: 7 });

  expect(error && issuesOf(error, ['snapshots', 12])).toMatchObject([{ path: 'snapshots.12.hosts' }]);
});

it('has an empty path for the body itself', () => {
  const { error } = schema.safeParse('text');

  expect(error && issuesOf(error)).toMatchObject([{ path: '' }]);
});

it('always names the request, so that it can be found in the log', () => {
  const answer = { statusCode: 409, error: 'cloned', message: 'two machines use one agent id', issues: [] };

  expect(ErrorAnswerSchema.safeParse(answer).success).toBe(false);
  expect(ErrorAnswerSchema.parse({ ...answer, requestId: 'r-1' })).toEqual({ ...answer, requestId: 'r-1' });
});
