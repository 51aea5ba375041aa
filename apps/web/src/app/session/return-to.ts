export const HOME = '/fleet';

/**
 * Where to go after signing in: `returnTo` when it is a path of this site, the fleet otherwise. Refuses other sites in
 * every spelling browsers understand (`//host`, `/\host`, `https:...`, control characters), and the sign-in page itself.
 */
export function safeReturnTo(returnTo: string | null | undefined): string {
  if (returnTo === null || returnTo === undefined) return HOME;
  if (!/^\/(?![/\\])/.test(returnTo) || /[\\\p{Cc}]/u.test(returnTo)) return HOME;
  const base = 'http://same-site.invalid';
  const url = URL.canParse(returnTo, base) ? new URL(returnTo, base) : undefined;
  if (url === undefined || url.origin !== base || url.pathname.startsWith('//')) return HOME;
  if (url.pathname === '/' || url.pathname === '/sign-in') return HOME;
  return `${url.pathname}${url.search}${url.hash}`;
}
