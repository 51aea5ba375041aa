import { LANGUAGES, type Language } from '@closewatch/messages';
import { type Source } from '@closewatch/protocol';
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import { SOURCES } from '../uplink/contract.ts';

/** A command line that means nothing; the message says what would. */
export class UsageError extends Error {}

interface Common {
  readonly source: Source | undefined;
  readonly json: boolean;
}

interface Told {
  /** Undefined: as the locale says. */
  readonly language: Language | undefined;
}

/** What the agent is asked to do. Durations in milliseconds, ages in seconds. */
export type CommandLine =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | { readonly command: 'run'; readonly source: Source | undefined }
  | ({ readonly command: 'counts' } & Common)
  | ({
      readonly command: 'leaks';
      readonly connections: boolean;
      readonly check: boolean;
      readonly minAgeSeconds: number;
    } & Common &
      Told)
  | ({ readonly command: 'watch'; readonly intervalMs: number; readonly count: number | null } & Common & Told)
  | { readonly command: 'doctor'; readonly json: boolean };

const COMMANDS = ['run', 'counts', 'leaks', 'watch', 'doctor'] as const;
type Command = (typeof COMMANDS)[number];

const OPTIONS = {
  source: { type: 'string' },
  json: { type: 'boolean' },
  connections: { type: 'boolean' },
  check: { type: 'boolean' },
  'min-age': { type: 'string' },
  language: { type: 'string' },
  interval: { type: 'string' },
  count: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;
type Option = keyof typeof OPTIONS;

/** Which options go with which command; --help and --version with any. */
const TAKES: Readonly<Record<Command, readonly Option[]>> = {
  run: ['source'],
  counts: ['json', 'source'],
  leaks: ['json', 'source', 'connections', 'check', 'min-age', 'language'],
  watch: ['json', 'source', 'interval', 'count', 'language'],
  doctor: ['json'],
};

const DEFAULT_MIN_AGE_SECONDS = 60;
const DEFAULT_WATCH_MS = 2_000;
const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHORTEST_WATCH_MS = 500;
const LONGEST_WATCH_MS = 3_600_000;

/** Reads the words after the program's name. Throws {@link UsageError}. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = readWords(words);
  if (values.help === true) return { command: 'help' };
  if (values.version === true) return { command: 'version' };
  const command = commandOf(positionals);
  for (const option of Object.keys(values) as Option[]) {
    if (!TAKES[command].includes(option)) {
      const takers = COMMANDS.filter((name) => TAKES[name].includes(option));
      throw new UsageError(`--${option} goes with ${listed(takers)}, not with ${command} (see --help)`);
    }
  }
  const source = sourceOf(values.source);
  const json = values.json ?? false;
  switch (command) {
    case 'run':
      return { command, source };
    case 'counts':
      return { command, source, json };
    case 'leaks':
      return {
        command,
        source,
        json,
        connections: values.connections ?? false,
        check: values.check ?? false,
        language: languageOf(values.language),
        minAgeSeconds:
          values['min-age'] === undefined ? DEFAULT_MIN_AGE_SECONDS : durationOf('--min-age', values['min-age']) / 1000,
      };
    case 'watch':
      return {
        command,
        source,
        json,
        intervalMs: watchIntervalOf(values.interval),
        count: countOf(values.count),
        language: languageOf(values.language),
      };
    case 'doctor':
      return { command, json };
  }
}

function readWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(`${messageOf(error)} (see --help)`, { cause: error });
  }
}

function commandOf([word, ...more]: readonly string[]): Command {
  if (word === undefined) throw new UsageError(`name a command: ${listed(COMMANDS)} (see --help)`);
  const command = COMMANDS.find((known) => known === word);
  if (command === undefined)
    throw new UsageError(`there is no command "${word}"; there are ${listed(COMMANDS)} (see --help)`);
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" means nothing after ${command} (see --help)`);
  return command;
}

function sourceOf(text: string | undefined): Source | undefined {
  const source = SOURCES.find((name) => name === text);
  if (text !== undefined && source === undefined) {
    throw new UsageError(`--source is ${SOURCES.join(' or ')}, not "${text}"`);
  }
  return source;
}

function languageOf(text: string | undefined): Language | undefined {
  const language = LANGUAGES.find((name) => name === text);
  if (text !== undefined && language === undefined) {
    throw new UsageError(`--language is ${LANGUAGES.join(' or ')}, not "${text}"`);
  }
  return language;
}

function watchIntervalOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_WATCH_MS;
  const intervalMs = durationOf('--interval', text);
  if (intervalMs < SHORTEST_WATCH_MS || intervalMs > LONGEST_WATCH_MS) {
    throw new UsageError(`--interval is 500ms to 1h, not "${text}"`);
  }
  return intervalMs;
}

function countOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--count is a number of looks, 1 or more, not "${text}"`);
  return Number(text);
}

function durationOf(option: string, text: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new UsageError(`${option} is a duration such as 30s, 5m or 2h, not "${text}"`);
  }
  return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
