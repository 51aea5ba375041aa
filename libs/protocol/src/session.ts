import * as z from 'zod';
import { Instant, Text } from './primitives.ts';

/** Signing in: name and password, or the one-time code that the server prints at its start. */
export const SignInSchema = z.union([
  z.object({ username: Text(256).min(1), password: Text(1024).min(1) }),
  z.object({ code: Text(256).min(1) }),
]);
export type SignIn = z.infer<typeof SignInSchema>;

export const SessionSchema = z.object({
  username: z.string(),
  role: z.enum(['viewer', 'operator', 'admin']),
  expiresAt: Instant,
  /** The server shows simulated hosts (CLOSEWATCH_DEMO): every page says so. */
  demonstration: z.boolean().default(false),
});
export type Session = z.infer<typeof SessionSchema>;
