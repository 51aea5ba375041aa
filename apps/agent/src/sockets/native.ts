import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { messageOf } from '../errors.ts';

let loaded: typeof Koffi | undefined;

/**
 * The foreign function interface, loaded when it is first called for, and not with this file: an agent whose machine
 * koffi has no addon for must start, and read /proc. Throws where there is none.
 */
export function koffi(): typeof Koffi {
  try {
    return (loaded ??= createRequire(import.meta.url)('koffi') as typeof Koffi);
  } catch (error) {
    // Node adds a list of who asked for it, line by line.
    const [reason = ''] = messageOf(error).split('\n');
    throw new Error(`koffi cannot be loaded: ${reason}`, { cause: error });
  }
}

/**
 * A function of the process' own libc (glibc or musl), looked up at its first call; `declaration` in C. koffi has no
 * ssize_t: intptr_t is as wide.
 */
export function libcFunction<Call extends (...words: never[]) => unknown>(declaration: string): Call {
  let found: Call | undefined;
  // The type is the caller's word for what the declaration says; koffi itself checks what it is given.
  const call = (...words: never[]): unknown =>
    (found ??= koffi().load(null).func(declaration) as unknown as Call)(...words);
  return call as Call;
}
