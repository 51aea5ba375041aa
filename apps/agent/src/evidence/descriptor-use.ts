import { type Descriptors } from '@closewatch/protocol';
import { opendirSync, statSync, type Dir } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { type Pacer } from '../pacer.ts';
import { isForbidden } from '../errors.ts';
import { isGone, readText } from './proc-text.ts';

export const HIDDEN_DESCRIPTORS = "number of descriptors of another user's process: CAP_DAC_READ_SEARCH would show it";

/** The soft limit in the text of /proc/PID/limits (proc_pid_limits(5)); null where it is unlimited or not told. */
export function descriptorLimitIn(limits: string): number | null {
  const soft = /^Max open files +(\d{1,15}) /m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** Counting entry by entry takes about a microsecond each, so it is done less often than the rest. */
const COUNT_EVERY_MS = 60_000;
const ENTRIES_AT_ONCE = 512;

/** The descriptors of one process, as often as they are cheap to know. */
export class DescriptorUse {
  readonly #folder: string;
  #counted: { readonly at: number; readonly used: number } | undefined;

  /** `folder` is /proc/PID. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `at`: milliseconds on the monotonic clock. Adds to `hidden` what cannot be seen. */
  async read(at: number, hidden: Set<string>, pacer: Pacer): Promise<Descriptors> {
    const limits = readText(join(this.#folder, 'limits'));
    const limit = typeof limits === 'string' ? descriptorLimitIn(limits) : null;
    return { used: await this.#used(at, hidden, pacer), limit };
  }

  /** From Linux 6.2 the size of the folder is the number, and needs no right; before it is 0. */
  async #used(at: number, hidden: Set<string>, pacer: Pacer): Promise<number | null> {
    const folder = join(this.#folder, 'fd');
    try {
      const { size } = statSync(folder);
      if (size > 0) return size;
      if (this.#counted === undefined || at - this.#counted.at >= COUNT_EVERY_MS) {
        this.#counted = { at, used: await entriesOf(folder, pacer) };
      }
      return this.#counted.used;
    } catch (error) {
      const failure = { code: errorCode(error) ?? '' };
      if (isForbidden(failure)) hidden.add(HIDDEN_DESCRIPTORS);
      else if (!isGone(failure)) throw error;
      return null;
    }
  }
}

async function entriesOf(folder: string, pacer: Pacer): Promise<number> {
  const directory: Dir = opendirSync(folder, { bufferSize: ENTRIES_AT_ONCE });
  try {
    let entries = 0;
    while (directory.readSync() !== null) {
      entries++;
      if (pacer.due()) await pacer.rest();
    }
    return entries;
  } finally {
    directory.closeSync();
  }
}
