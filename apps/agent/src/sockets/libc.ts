import { koffi, libcFunction } from './native.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
/** The kernel has queued the next buffer before it returns the last one, so waiting could only mean a lost answer. */
const MSG_DONTWAIT = 0x40;

const socket = libcFunction<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)');
const send = libcFunction<SendOrReceive>('intptr_t send(int, const void *, size_t, int)');
const recv = libcFunction<SendOrReceive>('intptr_t recv(int, _Out_ void *, size_t, int)');
const close = libcFunction<(descriptor: number) => number>('int close(int)');

type SendOrReceive = (descriptor: number, bytes: Uint8Array, length: number, flags: number) => number;

/** A system call that failed, with errno by name: `ENOENT`. */
export class SystemCallError extends Error {
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = errnoName(errno);
    super(`${call}: ${code}`);
    this.name = 'SystemCallError';
    this.code = code;
  }
}

/** `ENOENT` for 2; `errno 9999` for a number without a name. */
export function errnoName(errno: number): string {
  const known = Object.entries(koffi().os.errno).find(([, number]) => number === errno);
  return known === undefined ? `errno ${errno}` : known[0];
}

/** A socket to the kernel's sock_diag(7), bound to the network namespace it was opened in. */
export class DiagChannel {
  readonly #descriptor: number;
  #open = true;

  constructor() {
    this.#descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (this.#descriptor < 0) throw new SystemCallError('socket(AF_NETLINK, NETLINK_SOCK_DIAG)', koffi().errno());
  }

  send(request: Uint8Array): void {
    this.#refuseClosed();
    const sent = retried(() => send(this.#descriptor, request, request.length, 0));
    if (sent !== request.length) throw new SystemCallError('send to netlink', koffi().errno());
  }

  /** Fills `into` with the next buffer of messages and returns its length in bytes. */
  receive(into: Uint8Array): number {
    this.#refuseClosed();
    const length = retried(() => recv(this.#descriptor, into, into.length, MSG_DONTWAIT));
    if (length < 0) throw new SystemCallError('recv from netlink', koffi().errno());
    return length;
  }

  close(): void {
    if (this.#open) close(this.#descriptor);
    this.#open = false;
  }

  /** The number of a closed descriptor may be somebody else's by now. */
  #refuseClosed(): void {
    if (!this.#open) throw new Error('netlink: the channel is closed');
  }
}

function retried(call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0 || koffi().errno() !== koffi().os.errno['EINTR']) return result;
  }
}
