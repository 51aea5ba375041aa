import { readFileSync } from 'node:fs';
import { errorCode } from '../errors.ts';

/** Why a file could not be read: `ENOENT`, `EPERM` and their like. */
export interface Unreadable {
  readonly code: string;
}

/** The text of a file of /proc or of a control group, or why there is none. Never throws. */
export function readText(path: string): string | Unreadable {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return { code: errorCode(error) ?? 'an unknown error' };
  }
}

/** Not there: the process or thread is over, the control group removed, or the kernel has no such file. */
export function isGone({ code }: Unreadable): boolean {
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENODEV';
}
