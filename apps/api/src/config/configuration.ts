import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { issuesOf, Text } from '@closewatch/protocol';
import { z } from 'zod';
import { errorCode } from '../errors/coerce-error.ts';

/** Secrets may come from a file instead, NAME_FILE, so that they stay out of `docker inspect` and `ps`. */
const SECRETS = ['DATABASE_URL', 'CLOSEWATCH_ADMIN_PASSWORD', 'CLOSEWATCH_TOKEN', 'CLOSEWATCH_SCRIPT_TOKEN'] as const;

/*
 * CLOSEWATCH_INTERVAL and CLOSEWATCH_HOSTNAME are the agent's to read: we pass them on. The rules here are those of
 * apps/agent/src/environment.ts and must stay so, or we would start an agent that refuses to run.
 *   interval: a whole number of at most nine digits, then ms, s or m; from 1s to 5m
 *   host name: at most 253 characters, none of them a space or a control character
 */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 300_000;
const UNITS = { ms: 1, s: 1_000, m: 60_000 } as const;

function isInterval(text: string): boolean {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return false;
  const intervalMs = Number(amount) * UNITS[unit as keyof typeof UNITS];
  return intervalMs >= SHORTEST_MS && intervalMs <= LONGEST_MS;
}

function isHostname(text: string): boolean {
  return text.length <= 253 && !/[\s\p{Cc}]/u.test(text);
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

const Token = z
  .string()
  .regex(/^[\x21-\x7e]{16,512}$/, { error: 'must be 16 to 512 printable ASCII characters without spaces' })
  .optional();

const EnvironmentSchema = z.object({
  PORT: z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number from 0 to 65535 (0 takes a free port)' })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a whole number from 0 to 65535 (0 takes a free port)' })
    .default(8640),
  HOST: z
    .string()
    .refine((host) => isIP(host) !== 0 || host === 'localhost', {
      error: 'must be the IP address to listen on, for example 127.0.0.1 or 0.0.0.0',
    })
    .transform((host) => (host === 'localhost' ? '127.0.0.1' : host))
    .default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .refine((url) => isUrl(url, ['postgres:', 'postgresql:']), {
      error: 'must be a URL of the form postgres://user:password@host:5432/database',
    })
    .optional(),
  CLOSEWATCH_DATA: z.string().min(1).default('./.data'),
  CLOSEWATCH_LOCAL_AGENT: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  CLOSEWATCH_DEMO: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  CLOSEWATCH_ADMIN_USER: Text(256).min(1).default('admin'),
  CLOSEWATCH_ADMIN_PASSWORD: Text(1024).min(8, { error: 'must have 8 characters at least' }).optional(),
  CLOSEWATCH_TOKEN: Token,
  CLOSEWATCH_SCRIPT_TOKEN: Token,
  CLOSEWATCH_RULES: z.string().min(1).optional(),
  CLOSEWATCH_METRICS: z.enum(['open', 'closed'], { error: 'must be open or closed' }).default('closed'),
  CLOSEWATCH_INTERVAL: z
    .string()
    .refine(isInterval, { error: 'must be a whole number with ms, s or m, from 1s to 5m, for example 5s' })
    .optional(),
  CLOSEWATCH_HOSTNAME: z
    .string()
    .refine(isHostname, { error: 'must be a host name: at most 253 characters, none of them a space' })
    .optional(),
  CLOSEWATCH_PUBLIC_URL: z
    .string()
    .refine((url) => isUrl(url, ['http:', 'https:']), {
      error: 'must be the URL people open, for example https://closewatch.example.com',
    })
    .transform((url) => new URL(url))
    .refine(({ pathname, search }) => pathname === '/' && search === '', { error: 'must have no path' })
    .optional(),
});

/** What the person who starts the server decided. The rest of the program is handed this and reads no environment. */
export interface Configuration {
  readonly port: number;
  readonly host: string;
  /** Undefined: the server starts its own PostgreSQL in {@link dataFolder}. */
  readonly databaseUrl: string | undefined;
  /** Absolute path. */
  readonly dataFolder: string;
  readonly localAgent: boolean;
  /** The hosts are simulated, and are shown as such. */
  readonly demonstration: boolean;
  readonly adminUser: string;
  readonly adminPassword: string | undefined;
  readonly agentToken: string | undefined;
  /** What scripts present: they read, and tell of changes. Undefined: no script is let in. */
  readonly scriptToken: string | undefined;
  /** Absolute path of the file that changes what ships; undefined: there is none. */
  readonly rulesFile: string | undefined;
  /** /metrics is answered to everybody. */
  readonly openMetrics: boolean;
  readonly publicUrl: URL | undefined;
  /** Environment for the local agent: ours without secrets, plus the person's choices for it. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every fault of a configuration at once, one line each. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}

/** Reads and checks the configuration. An empty variable counts as unset. Throws {@link ConfigurationError}. */
export function readConfiguration(environment: Environment = process.env): Configuration {
  const faults: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(EnvironmentSchema.shape)) {
    const value = environment[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  for (const name of SECRETS) {
    const value = secretFromFile(name, environment, faults);
    if (value !== undefined) given[name] = value;
  }
  const parsed = EnvironmentSchema.safeParse(given);
  if (!parsed.success) {
    faults.push(...issuesOf(parsed.error).map(({ path, message }) => `${path} ${message}`));
  }
  if (given.CLOSEWATCH_SCRIPT_TOKEN !== undefined && given.CLOSEWATCH_SCRIPT_TOKEN === given.CLOSEWATCH_TOKEN) {
    faults.push('CLOSEWATCH_SCRIPT_TOKEN must not be CLOSEWATCH_TOKEN: agents may not read');
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigurationError(faults);
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL,
    dataFolder: resolve(values.CLOSEWATCH_DATA),
    localAgent: values.CLOSEWATCH_LOCAL_AGENT === 'on',
    demonstration: values.CLOSEWATCH_DEMO === 'on',
    adminUser: values.CLOSEWATCH_ADMIN_USER,
    adminPassword: values.CLOSEWATCH_ADMIN_PASSWORD,
    agentToken: values.CLOSEWATCH_TOKEN,
    scriptToken: values.CLOSEWATCH_SCRIPT_TOKEN,
    rulesFile: values.CLOSEWATCH_RULES === undefined ? undefined : resolve(values.CLOSEWATCH_RULES),
    openMetrics: values.CLOSEWATCH_METRICS === 'open',
    publicUrl: values.CLOSEWATCH_PUBLIC_URL,
    agentEnvironment: withoutSecrets(environment),
  };
}

function secretFromFile(name: string, environment: Environment, faults: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  if (environment[name] !== undefined && environment[name] !== '') {
    faults.push(`${name} and ${name}_FILE are both set: keep one of them`);
    return undefined;
  }
  try {
    const text = readFileSync(file, 'utf8').trimEnd();
    if (text !== '') return text;
    faults.push(`${name}_FILE names an empty file (${file})`);
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown error';
    faults.push(`${name}_FILE cannot be read (${file}: ${reason})`);
  }
  return undefined;
}

function withoutSecrets(environment: Environment): Record<string, string> {
  const secret = new Set<string>(SECRETS.flatMap((name) => [name, `${name}_FILE`]));
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value !== '' && !secret.has(name)) kept[name] = value;
  }
  return kept;
}
