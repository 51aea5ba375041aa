import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { errorCode } from '../errors/coerce-error.ts';
import { type ReadRules, readRules, type RulesFault } from './rules-text.ts';

/** A file that says more than this is no rules file. */
const MOST_BYTES = 256 * 1024;

/** Reads a rules file; what keeps it from being read is a fault of line 0. Reads no more of it than a rules file may have. */
export async function readRulesFile(file: string): Promise<ReadRules & { readonly text?: string }> {
  const whole = (message: string): ReadRules => ({ faults: [{ line: 0, column: 0, path: '', message }] });
  try {
    const handle = await open(file, 'r');
    try {
      if (!(await handle.stat()).isFile()) return whole('is no file');
      const buffer = Buffer.alloc(MOST_BYTES + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      if (bytesRead > MOST_BYTES) return whole(`has more than ${MOST_BYTES / 1024} KiB`);
      const bytes = buffer.subarray(0, bytesRead);
      if (!isUtf8(bytes)) return whole('is not written in UTF-8');
      const text = bytes.toString('utf8');
      return { ...readRules(text), text };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return whole(`cannot be read (${errorCode(error) ?? 'unknown error'})`);
  }
}

/** A fault as compilers tell theirs: `rules.yaml:3:13: thresholds.host_silent.silent must be …`. */
export function faultLine(file: string, { line, column, path, message }: RulesFault): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path} `}${message}`;
}
