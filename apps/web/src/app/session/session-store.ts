import { HttpClient } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import { SessionSchema, type Session, type SignIn } from '@closewatch/protocol';
import { firstValueFrom } from 'rxjs';

export const SESSION_URL = '/api/v1/session';

/** Who is signed in; `undefined` until asked. The cookie itself is out of our reach (HttpOnly). */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  private readonly http = inject(HttpClient);
  private readonly known = signal<Session | null | undefined>(undefined);

  readonly session = this.known.asReadonly();

  /** Asks the server, once. Throws HttpErrorResponse for anything but 200 and 401. */
  async ensure(): Promise<Session | null> {
    return this.known() ?? (await this.refresh());
  }

  /** Asks the server again; null when it answers 401. */
  async refresh(): Promise<Session | null> {
    const session = await firstValueFrom(this.http.get(SESSION_URL)).then(
      (body) => SessionSchema.parse(body),
      (cause: unknown) => {
        if (isUnauthorized(cause)) return null;
        throw cause;
      },
    );
    this.known.set(session);
    return session;
  }

  async signIn(signIn: SignIn): Promise<Session> {
    const session = SessionSchema.parse(await firstValueFrom(this.http.post(SESSION_URL, signIn)));
    this.known.set(session);
    return session;
  }

  async signOut(): Promise<void> {
    await firstValueFrom(this.http.delete(SESSION_URL)).catch((cause: unknown) => {
      if (!isUnauthorized(cause)) throw cause;
    });
    this.known.set(null);
  }

  /** The server no longer knows us: a request was answered 401. */
  expire(): void {
    this.known.set(null);
  }
}

function isUnauthorized(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'status' in cause && cause.status === 401;
}
