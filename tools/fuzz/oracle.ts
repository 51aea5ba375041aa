import { isDeepStrictEqual } from 'node:util';
import { type FuzzedParser } from './fuzzed-parser.ts';

/** What one input did. `slow` is judged by the caller, who can try again. */
export type Verdict =
  | { readonly kind: 'fine'; readonly refused: boolean; readonly ms: number }
  | { readonly kind: 'fault'; readonly why: string; readonly ms: number };

/** A value holds this many numbers and texts for each byte of the input at most, and these besides. */
const NODES_PER_BYTE = 16;
const NODES_BESIDES = 20_000;

export function judge(parser: FuzzedParser, input: Buffer, again: boolean): Verdict {
  const before = Buffer.from(input);
  const startedAt = performance.now();
  let value: unknown;
  try {
    value = parser.run(input);
  } catch (error) {
    const ms = performance.now() - startedAt;
    if (parser.mayThrow?.(error) === true) return { kind: 'fine', refused: true, ms };
    return { kind: 'fault', why: `threw ${describe(error)}`, ms };
  }
  const ms = performance.now() - startedAt;
  const why =
    (before.equals(input) ? undefined : 'changed its input') ??
    oddity(value, parser.signed === true, NODES_BESIDES + NODES_PER_BYTE * input.length) ??
    parser.fault?.(value, input) ??
    (again && !isDeepStrictEqual(parser.run(input), value) ? 'came out differently the second time' : undefined);
  return why === undefined ? { kind: 'fine', refused: false, ms } : { kind: 'fault', why, ms };
}

/** A number that no parser may hand out, or a value out of all proportion. */
function oddity(value: unknown, signed: boolean, mostNodes: number): string | undefined {
  const pending: unknown[] = [value];
  let nodes = 0;
  while (pending.length > 0) {
    const item = pending.pop();
    if (++nodes > mostNodes) return `holds more than ${mostNodes} values`;
    if (typeof item === 'number') {
      if (!Number.isFinite(item)) return `holds the number ${item}`;
      if (item < 0 && !signed) return `holds the number ${item}`;
    } else if (item instanceof Map) {
      for (const [key, held] of item) pending.push(key, held);
    } else if (Array.isArray(item)) {
      for (const held of item) pending.push(held);
    } else if (typeof item === 'object' && item !== null && !ArrayBuffer.isView(item)) {
      for (const held of Object.values(item)) pending.push(held);
    }
  }
  return undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : String(error);
}
