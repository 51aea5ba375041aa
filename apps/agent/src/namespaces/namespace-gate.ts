import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SystemCallError, errnoName } from '../sockets/libc.ts';
import { koffi, libcFunction } from '../sockets/native.ts';

const CLONE_NEWNET = 0x4000_0000;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
/** asm-generic/socket.h, from Linux 5.14 on. */
const SO_NETNS_COOKIE = 71;

const setns = libcFunction<(descriptor: number, kind: number) => number>('int setns(int, int)');
const socket = libcFunction<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)');
const getsockopt = libcFunction<
  (descriptor: number, level: number, option: number, value: Uint8Array, length: Uint8Array) => number
>('int getsockopt(int, int, int, _Out_ void *, _Inout_ void *)');

/** What a program does that cannot come back to its own namespace: whatever it did next, it would do in the wrong one. */
function endProgram(why: string): never {
  writeSync(2, `closewatch-agent: ${why}; it cannot go on in another network namespace\n`);
  process.exit(1);
}

/**
 * Takes the main thread into other network namespaces and back (setns(2)). What is opened there stays bound to that
 * namespace, so a moment is enough.
 */
export class NamespaceGate {
  readonly #home: number;
  readonly #strand: (why: string) => never;

  /** `procRoot` is usually /proc; `strand` must not return. Throws when the own namespace cannot be opened. */
  constructor(procRoot: string, strand: (why: string) => never = endProgram) {
    this.#home = openSync(join(procRoot, 'self/ns/net'), 'r');
    this.#strand = strand;
  }

  /**
   * Does `work` in the namespace that `descriptor` is open on. It must be done when it returns: no promise, no
   * asynchronous file access, no child process, no worker, for they would see one namespace or the other. Throws what
   * it throws, and {@link SystemCallError} `EPERM` without CAP_SYS_ADMIN.
   */
  inside<Result>(descriptor: number, work: () => Result): Result {
    if (setns(descriptor, CLONE_NEWNET) !== 0) throw new SystemCallError('setns', koffi().errno());
    try {
      return work();
    } finally {
      if (setns(this.#home, CLONE_NEWNET) !== 0) this.#strand(`setns back: ${errnoName(koffi().errno())}`);
    }
  }

  close(): void {
    closeSync(this.#home);
  }
}

/** The number that no other namespace gets while the host is up, of the one this thread is in; null before Linux 5.14. */
export function namespaceCookie(): string | null {
  const descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return null;
  try {
    const value = new Uint8Array(8);
    const length = Uint8Array.of(value.length, 0, 0, 0);
    if (getsockopt(descriptor, SOL_SOCKET, SO_NETNS_COOKIE, value, length) !== 0) return null;
    return Buffer.from(value).readBigUInt64LE().toString();
  } finally {
    closeSync(descriptor);
  }
}
