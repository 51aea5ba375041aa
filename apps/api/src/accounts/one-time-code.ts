import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sameSecret } from './credentials.ts';

const CODE_BYTES = 24;

/** The code in the sign-in URL that the server prints. Kept in memory alone; each works once. */
@Injectable()
export class OneTimeCode {
  private code = newCode();
  private readonly listeners = new Set<(code: string) => void>();

  /** Calls back with the current code, and with each new one when a code was used up. Returns how to stop that. */
  subscribe(listener: (code: string) => void): () => void {
    this.listeners.add(listener);
    listener(this.code);
    return () => this.listeners.delete(listener);
  }

  /** Whether this is the code; if so it is used up and replaced. */
  use(candidate: string): boolean {
    if (!sameSecret(candidate, this.code)) return false;
    this.code = newCode();
    for (const listener of this.listeners) listener(this.code);
    return true;
  }
}

function newCode(): string {
  return randomBytes(CODE_BYTES).toString('base64url');
}
