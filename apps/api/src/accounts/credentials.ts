import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, for cookies and tokens. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Compares in a time that tells neither where two secrets differ nor how long they are. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
