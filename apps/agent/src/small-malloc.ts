import { libcFunction } from './sockets/native.ts';

/** malloc.h of glibc. */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const THRESHOLD_BYTES = 64 * 1024;

const mallopt = libcFunction<(parameter: number, value: number) => number>('int mallopt(int, int)');

/**
 * Lets glibc give large blocks back to the kernel as soon as they are free (mallopt(3)); returns whether it does. Left
 * alone it raises the size from which it does so to that of the largest block it ever freed, and keeps what is smaller:
 * some megabytes of snapshots and of what compresses them. Other C libraries have no such call, and no such habit.
 */
export function giveBackLargeBlocks(): boolean {
  try {
    return mallopt(M_MMAP_THRESHOLD, THRESHOLD_BYTES) === 1 && mallopt(M_TRIM_THRESHOLD, THRESHOLD_BYTES) === 1;
  } catch {
    return false;
  }
}
