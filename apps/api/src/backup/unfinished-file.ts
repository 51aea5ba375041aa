import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAlive } from '../database/cluster-init.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { BackupError } from './backup-error.ts';

const UNFINISHED = '.unfinished-';

/**
 * A file that has its name only once it is whole: it is written beside under another one, brought to the disk, and renamed.
 * Readable by its owner alone. What is no regular file (a device, a pipe) is written to as it is.
 */
export class UnfinishedFile {
  private constructor(
    readonly handle: FileHandle,
    private readonly file: string,
    /** Undefined: written to as it is. */
    private readonly temporary: string | undefined,
  ) {}

  /** Throws {@link BackupError} when the file cannot be made. Takes away what killed processes left of it. */
  static async create(path: string): Promise<UnfinishedFile> {
    const file = resolve(path);
    try {
      const there = await stat(file).catch(() => undefined);
      if (there?.isDirectory() === true) throw new BackupError(`${file} is a folder. Name a file.`);
      if (there !== undefined && !there.isFile()) return new UnfinishedFile(await open(file, 'w'), file, undefined);
      await removeLeftOvers(file);
      const temporary = `${file}${UNFINISHED}${process.pid}`;
      return new UnfinishedFile(await open(temporary, 'wx', 0o600), file, temporary);
    } catch (error) {
      if (error instanceof BackupError) throw error;
      throw new BackupError(`${file} cannot be written: ${coerceError(error).message}.`, { cause: error });
    }
  }

  /** Everything is written: gives the file its name. */
  async finish(): Promise<void> {
    if (this.temporary === undefined) {
      await this.handle.close();
      return;
    }
    await this.handle.sync();
    await this.handle.close();
    await rename(this.temporary, this.file);
    const folder = await open(dirname(this.file), 'r');
    // The name is on the disk, too. Some file systems do not sync folders.
    await folder.sync().catch(() => undefined);
    await folder.close();
  }

  /** Leaves no trace. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    if (this.temporary !== undefined) await rm(this.temporary, { force: true });
  }
}

async function removeLeftOvers(file: string): Promise<void> {
  const prefix = basename(file) + UNFINISHED;
  for (const name of await readdir(dirname(file))) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid)))
      await rm(join(dirname(file), name), { force: true });
  }
}
