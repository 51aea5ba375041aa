import { expect, it } from '@jest/globals';
import { SessionSchema, SignInSchema } from './session.ts';

it.each([{ username: 'ada', password: 'correct horse' }, { code: 'k7Q2' }])('signs in with %j', (signIn) => {
  expect(SignInSchema.parse(signIn)).toEqual(signIn);
});

it.each([
  {},
  { username: 'ada' },
  { username: '', password: 'x' },
  { username: 'ada', password: '' },
  { username: 'ada\0', password: 'x' },
  { code: '' },
  { code: 7 },
  { code: 'x'.repeat(257) },
  { username: 'ada', password: 'x'.repeat(1_025) },
])('does not sign in with %j', (signIn) => {
  expect(SignInSchema.safeParse(signIn).success).toBe(false);
});

it('gives a role that there is', () => {
  const session = { username: 'ada', role: 'admin', expiresAt: '2026-11-23T03:04:05.000Z', demonstration: true };

  expect(SessionSchema.parse(session)).toEqual(session);
  expect(SessionSchema.safeParse({ ...session, role: 'root' }).success).toBe(false);
});
