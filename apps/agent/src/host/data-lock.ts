import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { lockFile } from './file-lock.ts';

const TRY_EVERY_MS = 100;

/** That no other agent uses the data folder, as long as this process lives. */
export interface DataLock {
  /** Why it could not be taken, if nobody holds it. */
  readonly missing: readonly string[];
  release(): void;
}

/** Says that the descriptor's file is locked now, or that another holds it. Throws when it cannot be told. */
export type TryLock = (descriptor: number) => boolean;

/**
 * Takes DATA/agent/lock by flock(2), which the kernel releases with the process, however it ends. Waits for an agent that
 * is on its way out, `patienceMs` long; then throws. Where locks are not to be had it goes on without one and says so.
 */
export async function lockDataFolder(
  dataFolder: string,
  patienceMs: number,
  tryLock: TryLock = lockFile,
): Promise<DataLock> {
  const path = join(dataFolder, 'agent', 'lock');
  let descriptor: number | undefined;
  try {
    mkdirSync(join(dataFolder, 'agent'), { recursive: true });
    descriptor = openSync(path, 'a', 0o600);
    for (let waited = 0; !tryLock(descriptor); waited += TRY_EVERY_MS) {
      if (waited >= patienceMs) throw new HeldError(dataFolder);
      await sleep(TRY_EVERY_MS);
    }
    const held = descriptor;
    return { missing: [], release: () => closeSync(held) };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (error instanceof HeldError) throw error;
    const why = `data folder: ${path} cannot be locked (${messageOf(error)})`;
    return { missing: [`${why}; a second agent with the same folder would not be noticed`], release: () => undefined };
  }
}

class HeldError extends Error {
  constructor(dataFolder: string) {
    super(
      `another agent uses the data folder ${dataFolder}: stop it, or give this one a folder of its own by CLOSEWATCH_DATA`,
    );
    this.name = 'HeldError';
  }
}
