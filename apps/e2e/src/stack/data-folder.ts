import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Deletes what a product that has ended has left: its data folder, and its database where that stands elsewhere. */
export function forgetDataFolder(dataFolder: string): void {
  // As root the database lives where its user may enter, and a file says where.
  const pointer = join(dataFolder, 'postgres-location');
  const moved = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : '';
  if (basename(moved).startsWith('closewatch-data-')) rmSync(moved, { recursive: true, force: true });
  rmSync(dataFolder, { recursive: true, force: true });
}
