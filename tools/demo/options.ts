import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly hosts: number;
  readonly days: number;
  readonly seed: number;
  readonly port: number;
  /** Absolute path. */
  readonly dataFolder: string;
}

export type ParsedDemo =
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }
  | { readonly kind: 'demo'; readonly options: DemoOptions };

/** Beside a real one, which stands at 8640. */
const PORT = '8641';
/** What a server keeps by default is 35 days; what is older would be refused. */
const MOST_DAYS = 34;

/** Reads the command line, without node and script. Finds all faults at once, each in words. */
export function parseDemo(args: readonly string[]): ParsedDemo {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: {
        hosts: { type: 'string', default: '30' },
        days: { type: 'string', default: '3' },
        seed: { type: 'string', default: '7' },
        port: { type: 'string', default: PORT },
        data: { type: 'string', default: '.demo' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  const { values } = parsed;
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const whole = (name: 'hosts' | 'days' | 'seed' | 'port', min: number, max: number): number => {
    const text = values[name];
    const value = Number(text);
    if (!/^\d{1,10}$/.test(text) || value < min || value > max) {
      faults.push(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
    }
    return value;
  };
  const options = {
    hosts: whole('hosts', 1, 1_000),
    days: whole('days', 0, MOST_DAYS),
    seed: whole('seed', 0, 2 ** 32 - 1),
    port: whole('port', 0, 65_535),
    dataFolder: resolve(values.data),
  };
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'demo', options };
}
