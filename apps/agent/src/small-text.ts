import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libcFunction } from './sockets/native.ts';

/** asm-generic/mman-common.h. */
const MADV_DONTNEED = 4;
/** address range, permissions, offset, device, inode (proc_pid_maps(5)): program text out of a file. */
const TEXT = /^([0-9a-f]+)-([0-9a-f]+) r-xp [0-9a-f]+ [0-9a-f:]+ ([1-9]\d*) /gm;

const madvise = libcFunction<(address: bigint, length: number, advice: number) => number>(
  'int madvise(uintptr_t, size_t, int)',
);

/**
 * Takes the pages of program text out of this process that were needed once, at its start or for a rare turn (madvise(2)):
 * Node's file has 40 MB of text, and half of it stays resident for ever otherwise. The page cache keeps them, and what is
 * needed again comes back from there, 64 KiB at a fault. Returns how many bytes were given back at most; 0 without koffi.
 * Text is never written to, so nothing is lost. `procRoot` is usually /proc.
 */
export function giveBackText(procRoot: string): number {
  let bytes = 0;
  try {
    for (const [, start = '', end = ''] of readFileSync(join(procRoot, 'self/maps'), 'latin1').matchAll(TEXT)) {
      const from = BigInt(`0x${start}`);
      const length = Number(BigInt(`0x${end}`) - from);
      if (madvise(from, length, MADV_DONTNEED) === 0) bytes += length;
    }
  } catch {
    // Without koffi, or without a map of this process, they stay.
  }
  return bytes;
}
