import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Set by `npm run records`, which writes what the tests would otherwise compare. */
const UPDATING = process.env.CLOSEWATCH_UPDATE_RECORDS === '1';

/**
 * The text of a committed file (absolute path) that records what a test finds. While records are updated it is written first, so
 * that its difference is read and committed with what caused it.
 */
export function committedFile(path: string, found: string): string {
  if (UPDATING) writeFileSync(path, found);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
