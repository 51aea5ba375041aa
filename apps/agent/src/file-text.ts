import { readFileSync } from 'node:fs';

/** The text of a small file, for those to whom one that cannot be read says nothing: then it is empty. Never throws. */
export function textOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
