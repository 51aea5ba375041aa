import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { messageOf } from './errors.ts';

/** What an agent is told from outside. */
export interface Environment {
  /** Origin and path prefix of the server, without a slash at its end. */
  readonly server: URL;
  readonly token: string;
  readonly intervalMs: number;
  readonly hostname: string;
  /** Folder of everything the agent keeps. */
  readonly dataFolder: string;
}

/** Every fault of the configuration at once, a line each. */
export class EnvironmentError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'EnvironmentError';
    this.faults = faults;
  }
}

const SHORTEST_MS = 1_000;
const LONGEST_MS = 300_000;
const UNITS = { ms: 1, s: 1_000, m: 60_000 } as const;

/** Reads the agent's environment variables. Throws {@link EnvironmentError} with all that is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const faults: string[] = [];
  // An empty variable is what compose files make of an unset one.
  const read = (name: string): string | undefined => variables[name] || undefined;
  const server = serverFrom(read('CLOSEWATCH_SERVER') ?? 'http://127.0.0.1:8640', faults);
  const token = tokenFrom(read('CLOSEWATCH_TOKEN'), read('CLOSEWATCH_TOKEN_FILE'), faults);
  const intervalMs = intervalFrom(read('CLOSEWATCH_INTERVAL') ?? '5s', faults);
  const name = read('CLOSEWATCH_HOSTNAME') ?? hostname();
  if (name.length > 253 || /[\s\p{Cc}]/u.test(name)) {
    faults.push(`CLOSEWATCH_HOSTNAME: "${name}" is no host name: at most 253 characters, none of them a space`);
  }
  const dataFolder = read('CLOSEWATCH_DATA') ?? './.data';
  // Node never returns from making folders there, where the kernel says ENOENT to every attempt.
  if (/^\/proc(\/|$)/.test(resolve(dataFolder))) {
    faults.push(`CLOSEWATCH_DATA: ${dataFolder} lies in /proc, which keeps no files; name a folder on a disk`);
  }
  if (faults.length > 0) throw new EnvironmentError(faults);
  return { server, token, intervalMs, hostname: name, dataFolder };
}

function serverFrom(text: string, faults: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    faults.push(`CLOSEWATCH_SERVER: "${text}" is no http or https address, for example http://127.0.0.1:8640`);
    return new URL('http://127.0.0.1:8640');
  }
  if (url.username !== '' || url.password !== '') {
    faults.push('CLOSEWATCH_SERVER: takes no user and password; the agent signs in with CLOSEWATCH_TOKEN');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function tokenFrom(direct: string | undefined, file: string | undefined, faults: string[]): string {
  if (direct !== undefined && file !== undefined) {
    faults.push('CLOSEWATCH_TOKEN and CLOSEWATCH_TOKEN_FILE are both set: keep one');
    return '';
  }
  let token = direct;
  if (file !== undefined) {
    try {
      token = readFileSync(file, 'utf8').trim();
    } catch (error) {
      faults.push(`CLOSEWATCH_TOKEN_FILE: ${messageOf(error)}`);
      return '';
    }
  }
  if (token === undefined) {
    faults.push(
      'CLOSEWATCH_TOKEN or CLOSEWATCH_TOKEN_FILE: one must be set; the server keeps its token in agent-token in its CLOSEWATCH_DATA folder',
    );
    return '';
  }
  // A header value (RFC 6750): anything else would fail at the first push instead of here.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    faults.push(
      `${file === undefined ? 'CLOSEWATCH_TOKEN' : 'CLOSEWATCH_TOKEN_FILE'}: holds no token (visible ASCII characters, without spaces)`,
    );
  }
  return token;
}

function intervalFrom(text: string, faults: string[]): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    faults.push(`CLOSEWATCH_INTERVAL: "${text}" is no interval, for example 5s, 1m or 5m`);
    return SHORTEST_MS;
  }
  const intervalMs = Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (intervalMs < SHORTEST_MS || intervalMs > LONGEST_MS) {
    faults.push(`CLOSEWATCH_INTERVAL: "${text}" is outside 1s to 5m`);
  }
  return intervalMs;
}
