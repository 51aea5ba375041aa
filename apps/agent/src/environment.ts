import { type Language } from '@closewatch/messages';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { messageOf } from './errors.ts';

/** What an agent is told from outside. */
export interface Environment {
  /** Origin and path prefix of the server, without a slash at its end. */
  readonly server: URL;
  readonly token: string;
  /** The file it was read from, if it was. */
  readonly tokenFile: string | undefined;
  readonly intervalMs: number;
  readonly hostname: string;
  /** Folder of everything the agent keeps. */
  readonly dataFolder: string;
  /** What the outbox may hold on disk. */
  readonly outbox: { readonly bytes: number; readonly ageMs: number };
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

const DATA_FOLDER = './.data';
const SHORTEST_MS = 1_000;
const LONGEST_MS = 300_000;
const UNITS = { ms: 1, s: 1_000, m: 60_000 } as const;
const SIZE_UNITS = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 } as const;
const AGE_UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Whether the environment names a token at all: without one it is not that of an agent. */
export function isConfigured(variables: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(variables['CLOSEWATCH_TOKEN']) || Boolean(variables['CLOSEWATCH_TOKEN_FILE']);
}

/** Folder of everything the agent keeps, whether the rest of the environment is right or not. */
export function dataFolderIn(variables: NodeJS.ProcessEnv = process.env): string {
  return variables['CLOSEWATCH_DATA'] || DATA_FOLDER;
}

/** Reads the agent's environment variables. Throws {@link EnvironmentError} with all that is wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const faults: string[] = [];
  // An empty variable is what compose files make of an unset one.
  const read = (name: string): string | undefined => variables[name] || undefined;
  const server = serverFrom(read('CLOSEWATCH_SERVER') ?? 'http://127.0.0.1:8640', faults);
  const tokenFile = read('CLOSEWATCH_TOKEN_FILE');
  const token = tokenFrom(read('CLOSEWATCH_TOKEN'), tokenFile, faults);
  const intervalMs = intervalFrom(read('CLOSEWATCH_INTERVAL') ?? '5s', faults);
  const name = read('CLOSEWATCH_HOSTNAME') ?? hostname();
  if (name.length > 253 || /[\s\p{Cc}]/u.test(name)) {
    faults.push(`CLOSEWATCH_HOSTNAME: "${name}" is no host name: at most 253 characters, none of them a space`);
  }
  const dataFolder = dataFolderIn(variables);
  // Node never returns from making folders there, where the kernel says ENOENT to every attempt.
  if (/^\/proc(\/|$)/.test(resolve(dataFolder))) {
    faults.push(`CLOSEWATCH_DATA: ${dataFolder} lies in /proc, which keeps no files; name a folder on a disk`);
  }
  const outbox = {
    bytes: outboxSizeFrom(read('CLOSEWATCH_OUTBOX_SIZE') ?? '64M', faults),
    ageMs: outboxAgeFrom(read('CLOSEWATCH_OUTBOX_AGE') ?? '24h', faults),
  };
  if (faults.length > 0) throw new EnvironmentError(faults);
  return { server, token, tokenFile, intervalMs, hostname: name, dataFolder, outbox };
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
  if (file !== undefined) {
    try {
      return readTokenFile(file);
    } catch (error) {
      faults.push(`CLOSEWATCH_TOKEN_FILE: ${messageOf(error)}`);
      return '';
    }
  }
  const token = direct;
  if (token === undefined) {
    faults.push(
      'CLOSEWATCH_TOKEN or CLOSEWATCH_TOKEN_FILE: one must be set; the server keeps its token in agent-token in its CLOSEWATCH_DATA folder',
    );
    return '';
  }
  if (!isToken(token)) faults.push(`CLOSEWATCH_TOKEN: ${NO_TOKEN}`);
  return token;
}

const NO_TOKEN = 'holds no token (visible ASCII characters, without spaces)';

/** A header value (RFC 6750): anything else would fail at the first push instead of here. */
function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** The token in a file, without its line end. Throws when the file cannot be read or holds none. */
export function readTokenFile(path: string): string {
  const token = readFileSync(path, 'utf8').trim();
  if (!isToken(token)) throw new Error(`${path} ${NO_TOKEN}`);
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

function outboxSizeFrom(text: string, faults: string[]): number {
  const [, amount, unit] = /^(\d{1,9})(K|M|G)$/.exec(text) ?? [];
  const bytes = Number(amount) * SIZE_UNITS[unit as keyof typeof SIZE_UNITS];
  // A segment at a time makes room, and a snapshot must find some.
  if (bytes >= SIZE_UNITS.M && bytes <= 64 * SIZE_UNITS.G) return bytes;
  faults.push(`CLOSEWATCH_OUTBOX_SIZE: "${text}" is no size from 1M to 64G, for example 64M`);
  return SIZE_UNITS.M;
}

function outboxAgeFrom(text: string, faults: string[]): number {
  const [, amount, unit] = /^(\d{1,9})(m|h|d)$/.exec(text) ?? [];
  const ageMs = Number(amount) * AGE_UNITS[unit as keyof typeof AGE_UNITS];
  if (ageMs >= AGE_UNITS.m && ageMs <= 30 * AGE_UNITS.d) return ageMs;
  faults.push(`CLOSEWATCH_OUTBOX_AGE: "${text}" is no time from 1m to 30d, for example 24h`);
  return AGE_UNITS.h;
}

/** The language of the person at the terminal, by the locale that is in force (locale(7)): Chinese, or else English. */
export function languageIn(variables: NodeJS.ProcessEnv = process.env): Language {
  const locale = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => variables[name]).find((value) => value);
  return locale !== undefined && /^zh([_.@-]|$)/i.test(locale) ? 'zh-Hans' : 'en';
}
