import { type FuzzedParser } from './fuzzed-parser.ts';
import { minimised } from './minimise.ts';
import { makeInput } from './mutation.ts';
import { judge, type Verdict } from './oracle.ts';
import { Random, seedOf } from './random.ts';

export interface Failure {
  readonly parser: string;
  readonly seed: number;
  /** Number of the input, to make it again. */
  readonly input: number;
  readonly why: string;
  readonly smallest: Buffer;
}

export interface Outcome {
  readonly parser: string;
  readonly inputs: number;
  /** Inputs that it refused with the error that it documents. */
  readonly refused: number;
  readonly seconds: number;
  readonly slowestMs: number;
  readonly failures: readonly Failure[];
}

/** No input is longer than 8 KiB; garbage collection and a busy machine are in it too, hence the second try. */
const LONGEST_MS = 250;
/** One in so many is parsed twice. */
const AGAIN_EVERY = 4;
/** Failures of one parser that are worth telling. */
const MOST_FAILURES = 5;

/** One input by its number; the same for the same seed, whatever came before it. */
export function inputOf(parser: FuzzedParser, samples: readonly Buffer[], seed: number, number: number): Buffer {
  const random = new Random(seedOf(seed, parser.name, number));
  const input = makeInput(random, samples);
  return parser.repair !== undefined && random.below(2) === 0 ? parser.repair(input) : input;
}

/** Runs a parser on inputs `first` to `first + count - 1`. */
export function fuzz(parser: FuzzedParser, seed: number, count: number, first = 0): Outcome {
  const samples = parser.samples();
  const failures: Failure[] = [];
  const startedAt = performance.now();
  let [refused, slowestMs, inputs] = [0, 0, 0];
  for (let number = first; number < first + count && failures.length < MOST_FAILURES; number++) {
    const input = inputOf(parser, samples, seed, number);
    const verdict = timely(parser, input, judge(parser, input, number % AGAIN_EVERY === 0));
    inputs++;
    slowestMs = Math.max(slowestMs, verdict.ms);
    if (verdict.kind === 'fine') {
      if (verdict.refused) refused++;
      continue;
    }
    const fails = (smaller: Buffer): boolean => judge(parser, smaller, true).kind === 'fault';
    const smallest = fails(input) ? minimised(input, fails) : input;
    failures.push({ parser: parser.name, seed, input: number, why: verdict.why, smallest });
  }
  return {
    parser: parser.name,
    inputs,
    refused,
    seconds: (performance.now() - startedAt) / 1_000,
    slowestMs,
    failures,
  };
}

/** Slow twice is slow. */
function timely(parser: FuzzedParser, input: Buffer, verdict: Verdict): Verdict {
  if (verdict.kind === 'fault' || verdict.ms <= LONGEST_MS) return verdict;
  const second = judge(parser, input, false);
  if (second.ms <= LONGEST_MS) return second;
  return { kind: 'fault', why: `took ${Math.round(second.ms)} ms for ${input.length} bytes`, ms: second.ms };
}
