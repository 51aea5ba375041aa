import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface FleetOptions {
  readonly command: 'run' | 'fill';
  readonly hosts: number;
  readonly seed: number;
  readonly server: URL;
  readonly token: string;
  readonly tokenFile: string;
  /** Between looks: of the live hosts, or of the past that is filled. */
  readonly intervalMs: number;
  /** `run` ends by itself after so long; null: with a signal. */
  readonly durationMs: number | null;
  /** How much of the past `fill` writes. */
  readonly days: number;
  readonly parallel: number;
  /** Where `fill` asks for packing when it is done; null: the server packs when its time has come. */
  readonly databaseUrl: string | null;
}

export type ParsedFleet =
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }
  | { readonly kind: 'fleet'; readonly options: FleetOptions };

export const MOST_HOSTS = 10_000;
export const MOST_DAYS = 3_650;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A socket that passes CLOSE_WAIT must not be met by two looks (world/turnover.ts). */
const SHORTEST_MS = 5_000;
const LONGEST_MS = 300_000;
const LONGEST_DURATION_MS = 24 * 3_600_000;

/** Reads the command line, without node and script. Finds all faults at once, each in words. */
export function parseFleet(args: readonly string[]): ParsedFleet {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        hosts: { type: 'string', default: '30' },
        seed: { type: 'string', default: '7' },
        server: { type: 'string', default: 'http://127.0.0.1:8640' },
        'token-file': { type: 'string', default: '.data/agent-token' },
        interval: { type: 'string' },
        duration: { type: 'string' },
        days: { type: 'string', default: '7' },
        parallel: { type: 'string', default: '2' },
        database: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };

  const faults: string[] = [];
  const [command = 'run', ...rest] = positionals;
  if (command !== 'run' && command !== 'fill') faults.push(`there is no command "${command}"; there are run and fill`);
  if (rest.length > 0) faults.push(`one command at a time: "${rest.join(' ')}" is too much`);
  const whole = (name: 'hosts' | 'seed' | 'days' | 'parallel', min: number, max: number): number => {
    const text = values[name];
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < min || value > max) {
      faults.push(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
    }
    return value;
  };
  const time = (name: 'interval' | 'duration', text: string, min: number, max: number): number => {
    const value = durationInMs(text);
    if (value !== undefined && value >= min && value <= max) return value;
    faults.push(`--${name} must be a time from ${min / 1_000}s to ${max / 60_000}m such as 10s or 1m, not "${text}"`);
    return min;
  };
  const usual = command === 'fill' ? '60s' : '10s';
  const options = {
    command: command === 'fill' ? ('fill' as const) : ('run' as const),
    hosts: whole('hosts', 1, MOST_HOSTS),
    seed: whole('seed', 0, 2 ** 32 - 1),
    server: serverFrom(values.server, faults),
    tokenFile: values['token-file'],
    token: tokenIn(values['token-file'], faults),
    intervalMs: time('interval', values.interval ?? usual, SHORTEST_MS, LONGEST_MS),
    durationMs: values.duration === undefined ? null : time('duration', values.duration, 1_000, LONGEST_DURATION_MS),
    days: whole('days', 1, MOST_DAYS),
    parallel: whole('parallel', 1, 16),
    databaseUrl: databaseFrom(values.database, faults),
  };
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'fleet', options };
}

function durationInMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (UNIT_MS[unit] ?? NaN);
}

function serverFrom(text: string, faults: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  faults.push(`--server must be an http or https address such as http://127.0.0.1:8640, not "${text}"`);
  return new URL('http://127.0.0.1:8640');
}

function databaseFrom(text: string | undefined, faults: string[]): string | null {
  if (text === undefined) return null;
  if (!/^postgres(ql)?:\/\//.test(text)) faults.push('--database must be a URL of the form postgres://user@host/name');
  return text;
}

function tokenIn(file: string, faults: string[]): string {
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (/^[\x21-\x7e]+$/.test(token)) return token;
    faults.push(`--token-file: ${file} holds no token`);
  } catch {
    faults.push(`--token-file: ${file} cannot be read; a server keeps its token in agent-token in its data folder`);
  }
  return '';
}
