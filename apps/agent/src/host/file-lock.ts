import { SystemCallError } from '../sockets/libc.ts';
import { koffi, libcFunction } from '../sockets/native.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

const flock = libcFunction<(descriptor: number, operation: number) => number>('int flock(int, int)');

/** Takes an exclusive flock(2) on an open file; false when another holds it. Throws {@link SystemCallError}. */
export function lockFile(descriptor: number): boolean {
  if (flock(descriptor, LOCK_EX | LOCK_NB) === 0) return true;
  const errno = koffi().errno();
  if (errno === koffi().os.errno['EAGAIN']) return false;
  throw new SystemCallError('flock', errno);
}
