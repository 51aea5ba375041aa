import { parseArgs } from 'node:util';

/** Loopback, in either family: the lab never leaves this machine. */
export const HOSTS = ['127.0.0.1', '::1'] as const;
export const CLOSERS = ['client', 'server'] as const;

/** What the program on show is written in. */
export const RUNTIMES = ['node', 'python', 'c'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export const MAX_COUNT = 50_000;
export const MAX_RATE = 2_000;

export interface LabOptions {
  /** Sockets to hold. */
  readonly count: number;
  /** New connections a second, at most. */
  readonly rate: number;
  readonly host: (typeof HOSTS)[number];
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Stops by itself after so many milliseconds; null runs until a signal. */
  readonly durationMs: number | null;
  /** Which end closes first, and so keeps TIME_WAIT. */
  readonly closer: (typeof CLOSERS)[number];
  /** How long a connection is idle before the server's kernel asks whether the peer is there. */
  readonly keepaliveMs: number;
  /** How often it sweeps, or is started anew, or after how long it closes. */
  readonly everyMs: number;
  /** Null: what is usual for the scenario. */
  readonly runtime: Runtime | null;
}

export type ParsedArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }
  | { readonly kind: 'run'; readonly scenario: string; readonly options: LabOptions };

/** Reads the command line (without node and script). Finds all faults at once, each in words. */
export function parseArguments(args: readonly string[], scenarioNames: readonly string[]): ParsedArguments {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        count: { type: 'string', default: '20' },
        rate: { type: 'string', default: '10' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        duration: { type: 'string' },
        closer: { type: 'string', default: 'client' },
        keepalive: { type: 'string', default: '15s' },
        every: { type: 'string', default: '45s' },
        runtime: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };

  const faults: string[] = [];
  const [scenario, ...rest] = positionals;
  if (scenario === undefined) faults.push(`name a scenario: ${scenarioNames.join(', ')}`);
  else if (!scenarioNames.includes(scenario)) {
    faults.push(`there is no scenario "${scenario}"; there are ${scenarioNames.join(', ')}`);
  }
  if (rest.length > 0) faults.push(`one scenario at a time: "${rest.join(' ')}" is too much`);

  const whole = (name: 'count' | 'rate' | 'port', min: number, max: number): number => {
    const text = values[name];
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      faults.push(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
    }
    return value;
  };
  const oneOf = <Choice extends string>(name: 'host' | 'closer', choices: readonly Choice[]): Choice | undefined => {
    const choice = choices.find((candidate) => candidate === values[name]);
    if (choice === undefined) faults.push(`--${name} must be ${choices.join(' or ')}, not "${values[name]}"`);
    return choice;
  };
  const count = whole('count', 1, MAX_COUNT);
  const rate = whole('rate', 1, MAX_RATE);
  const port = whole('port', 0, 65_535);
  const host = oneOf('host', HOSTS);
  const closer = oneOf('closer', CLOSERS);
  const durationMs = values.duration === undefined ? null : durationInMs(values.duration);
  if (durationMs === undefined) {
    faults.push(`--duration must be a time such as 500ms, 30s, 5m or 1h, at most 24h, not "${values.duration}"`);
  }
  const keepaliveMs = durationInMs(values.keepalive) ?? NaN;
  if (!Number.isInteger(keepaliveMs / 1_000) || keepaliveMs > MAX_KEEPALIVE_MS) {
    faults.push(`--keepalive must be whole seconds such as 15s or 1m, at most 9h, not "${values.keepalive}"`);
  }
  const everyMs = durationInMs(values.every) ?? NaN;
  if (!Number.isInteger(everyMs / 1_000)) {
    faults.push(`--every must be whole seconds such as 45s or 1m, not "${values.every}"`);
  }
  const runtime = values.runtime === undefined ? null : RUNTIMES.find((known) => known === values.runtime);
  if (runtime === undefined) faults.push(`--runtime must be ${RUNTIMES.join(', ')}, not "${values.runtime}"`);
  if (
    faults.length > 0 ||
    scenario === undefined ||
    host === undefined ||
    closer === undefined ||
    runtime === undefined ||
    durationMs === undefined
  ) {
    return { kind: 'faults', faults };
  }
  return {
    kind: 'run',
    scenario,
    options: { count, rate, host, port, durationMs, closer, keepaliveMs, everyMs, runtime },
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** setTimeout takes 24 days at most; nobody watches a lab for more than one. */
const MAX_DURATION_MS = 24 * 3_600_000;

/** Below the 32,767 s that TCP_KEEPIDLE takes (MAX_TCP_KEEPIDLE in include/net/tcp.h). */
const MAX_KEEPALIVE_MS = 9 * 3_600_000;

function durationInMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,8})(ms|s|m|h)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const duration = Number(digits) * (UNIT_MS[unit] ?? NaN);
  return duration >= 1 && duration <= MAX_DURATION_MS ? duration : undefined;
}
