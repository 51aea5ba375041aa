import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Decides which names a request may have been made under. */
export interface AllowedHosts {
  /** The address that the server listens on. */
  readonly listenHost: string;
  /** Where people reach it through a proxy. */
  readonly publicUrl: URL | undefined;
}

export interface RequestOrigin {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Why a request is refused, or undefined. A page elsewhere can make a browser talk to us, under a name of its own that
 * resolves here (DNS rebinding) or across origins (a WebSocket is not held back by the same-origin policy). The first
 * shows in Host, the second in Origin.
 */
export function foreignRequest({ host, origin }: RequestOrigin, allowed: AllowedHosts): string | undefined {
  const name = host === undefined ? undefined : hostOf(`http://${host}`);
  if (host === undefined || name === undefined || !isAllowedName(name.hostname, allowed)) {
    return (
      `The Host header ${host === undefined ? 'is missing' : `"${host}" is not one of this server`}. Open it as ` +
      'localhost, by its IP address or host name, or set CLOSEWATCH_PUBLIC_URL to the address that people use.'
    );
  }
  if (origin === undefined) return undefined;
  const from = hostOf(origin);
  // Behind a proxy that ends TLS the page is https and we are http: compare what both share.
  const same = from !== undefined && from.host === hostOf(`${from.protocol}//${host}`)?.host;
  if (same || (from !== undefined && from.origin === allowed.publicUrl?.origin)) return undefined;
  return `The Origin "${origin}" is another site than this server. Requests from other sites are refused.`;
}

/** More names than a server has, and than anybody should make us remember. */
const MOST_REMEMBERED = 1_000;

/** {@link foreignRequest}, remembering what it has let in: most requests come under the same name as the one before. */
export function rememberAllowed(allowed: AllowedHosts): (origin: RequestOrigin) => string | undefined {
  const known = new Set<string>();
  return ({ host, origin }) => {
    const key = origin === undefined ? host : `${host} ${origin}`;
    if (key !== undefined && known.has(key)) return undefined;
    const refusal = foreignRequest({ host, origin }, allowed);
    if (refusal === undefined && key !== undefined && known.size < MOST_REMEMBERED) known.add(key);
    return refusal;
  };
}

function isAllowedName(name: string, { listenHost, publicUrl }: AllowedHosts): boolean {
  if (name === publicUrl?.hostname) return true;
  if (isLoopback(listenHost)) return name === 'localhost' || isOwnName(name) || isLoopback(bare(name));
  return name === 'localhost' || isOwnName(name) || isIP(bare(name)) !== 0;
}

function isOwnName(name: string): boolean {
  return name === hostname().toLowerCase();
}

/** The address of an IPv6 literal without its brackets. */
function bare(name: string): string {
  return name.replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function hostOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.pathname === '/' && url.search === '';
  return plain && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
