/** A parser of the project as the fuzz sees it: bytes in, a value out. */
export interface FuzzedParser {
  readonly name: string;
  /** What of the project it runs: `FILE#EXPORT`, the file from the workspace's root. */
  readonly covers: readonly string[];
  /** Inputs that are right, to be spoilt. */
  samples(): readonly Buffer[];
  /** Runs it once, from the beginning. Everything it hands out must have been asked for: lazy parts are parsers too. */
  run(input: Buffer): unknown;
  /** Whether it may throw this, by what it documents; by default nothing. */
  mayThrow?(error: unknown): boolean;
  /** What is wrong with a value, such as more sockets than lines; undefined when nothing is. */
  fault?(value: unknown, input: Buffer): string | undefined;
  /** Makes a spoilt input pass the first gate, such as a checksum, so that what stands behind it is met too. */
  repair?(input: Buffer): Buffer;
  /** Whether its numbers may be below zero. */
  readonly signed?: boolean;
}

/** A parser of text: UTF-8 as the agent's readers decode it. */
export function textParser(
  name: string,
  file: string,
  parse: Readonly<Record<string, (text: string) => unknown>>,
  samples: readonly string[],
  more: Partial<FuzzedParser> = {},
): FuzzedParser {
  const functions = Object.entries(parse);
  return {
    name,
    covers: functions.map(([exported]) => `${file}#${exported}`),
    samples: () => samples.map((text) => Buffer.from(text)),
    run: (input) => {
      const text = input.toString('utf8');
      return functions.map(([, read]) => read(text));
    },
    ...more,
  };
}
