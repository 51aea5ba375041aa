/** The cookie that opens a session (RFC 6265). */
export const SESSION_COOKIE = 'closewatch_session';

/** The session cookie's value in a Cookie header; undefined without one. Of several the first counts, as browsers send the most specific first. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() === SESSION_COOKIE) return value?.trim().replaceAll('"', '') || undefined;
  }
  return undefined;
}

/** A Set-Cookie header that keeps `token`, or forgets it when undefined. `secure` where people come over https. */
export function sessionCookie(token: string | undefined, expires: Date, secure: boolean): string {
  const expiry = token === undefined ? new Date(0) : expires;
  return [
    `${SESSION_COOKIE}=${token ?? ''}`,
    'Path=/',
    `Expires=${expiry.toUTCString()}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ');
}
