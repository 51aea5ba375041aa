import koffi from 'koffi';

/** TCP sockets without an event loop in between: tests put them in exactly the state they want. */
const libc = koffi.load(null);
type Call = (...args: (number | Uint8Array)[]) => number;
const socket = libc.func('int socket(int, int, int)') as Call;
const bind = libc.func('int bind(int, const void *, uint)') as Call;
const listen = libc.func('int listen(int, int)') as Call;
const connect = libc.func('int connect(int, const void *, uint)') as Call;
const accept = libc.func('int accept4(int, void *, void *, int)') as unknown as (
  descriptor: number,
  address: null,
  length: null,
  flags: number,
) => number;
const getsockname = libc.func('int getsockname(int, _Out_ void *, _Inout_ void *)') as Call;
const setsockopt = libc.func('int setsockopt(int, int, int, const void *, uint)') as Call;
const send = libc.func('intptr_t send(int, const void *, size_t, int)') as Call;
const shutdown = libc.func('int shutdown(int, int)') as Call;
const closeDescriptor = libc.func('int close(int)') as Call;
const ioctl = libc.func('int ioctl(int, ulong, _Inout_ void *)') as Call;

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const TCP_DEFER_ACCEPT = 9;
const SHUT_WR = 1;
const SOL_SOCKET = 1;
const SO_LINGER = 13;
const SO_KEEPALIVE = 9;

/** The addresses tests use; `dual` listens for both families, and its IPv4 peers show up mapped. */
export type Family = 'ipv4' | 'ipv6' | 'dual';

/** A connection whose both ends are ours. */
export interface Pair {
  readonly client: number;
  readonly server: number;
}

function checked(call: string, result: number): number {
  if (result < 0) {
    const name = Object.entries(koffi.os.errno).find(([, errno]) => errno === koffi.errno())?.[0];
    throw new Error(`${call}: ${name ?? koffi.errno()}`);
  }
  return result;
}

/** struct sockaddr_in or sockaddr_in6 of loopback (of the wildcard for `any`). */
function sockaddr(family: number, port: number, any = false): Uint8Array {
  const bytes = new Uint8Array(family === AF_INET ? 16 : 28);
  new DataView(bytes.buffer).setUint16(0, family, true);
  new DataView(bytes.buffer).setUint16(2, port);
  if (!any && family === AF_INET) bytes.set([127, 0, 0, 1], 4);
  if (!any && family === AF_INET6) bytes[8 + 15] = 1;
  return bytes;
}

/** A listening socket; nobody accepts but {@link acceptFrom}. `deferSeconds` leaves requests in SYN_RECV until data comes. */
export function listenOn(family: Family, backlog: number, deferSeconds = 0): { descriptor: number; port: number } {
  const domain = family === 'ipv4' ? AF_INET : AF_INET6;
  const descriptor = checked('socket', socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (domain === AF_INET6) {
    const only = Uint8Array.of(family === 'ipv6' ? 1 : 0, 0, 0, 0);
    checked('setsockopt', setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, only, 4));
  }
  if (deferSeconds > 0) {
    const seconds = Uint8Array.of(deferSeconds, 0, 0, 0);
    checked('setsockopt', setsockopt(descriptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds, 4));
  }
  const address = sockaddr(domain, 0, family === 'dual');
  checked('bind', bind(descriptor, address, address.length));
  checked('listen', listen(descriptor, backlog));
  const length = Uint8Array.of(address.length, 0, 0, 0);
  checked('getsockname', getsockname(descriptor, address, length));
  return { descriptor, port: new DataView(address.buffer).getUint16(2) };
}

/** Connects to a port of loopback; a `dual` listener is dialled by IPv4. Without `wait` it stays in SYN_SENT if nobody answers. */
export function connectTo(family: Family, port: number, wait = true): number {
  const domain = family === 'ipv6' ? AF_INET6 : AF_INET;
  const descriptor = checked('socket', socket(domain, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0));
  const address = sockaddr(domain, port);
  const result = connect(descriptor, address, address.length);
  if (wait) checked('connect', result);
  return descriptor;
}

/** A socket with a port and nothing else. */
export function bindOnly(family: Family): number {
  const domain = family === 'ipv6' ? AF_INET6 : AF_INET;
  const descriptor = checked('socket', socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const address = sockaddr(domain, 0);
  checked('bind', bind(descriptor, address, address.length));
  return descriptor;
}

export function acceptFrom(listener: number): number {
  return checked('accept', accept(listener, null, null, SOCK_CLOEXEC));
}

export function connectedPair(family: Family, listener: { descriptor: number; port: number }): Pair {
  const client = connectTo(family, listener.port);
  return { client, server: acceptFrom(listener.descriptor) };
}

/** Sends `text` without waiting. */
export function sendText(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  checked('send', send(descriptor, bytes, bytes.length, MSG_NOSIGNAL));
}

/** Sends until neither the peer's buffer nor our own takes any more. */
export function fillBuffers(descriptor: number): void {
  const block = new Uint8Array(65_536);
  while (send(descriptor, block, block.length, MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
}

/** Sends our FIN and keeps the descriptor. */
export function shutdownWriting(descriptor: number): void {
  checked('shutdown', shutdown(descriptor, SHUT_WR));
}

/** Makes {@link close} answer with RST instead of FIN. */
export function resetOnClose(descriptor: number): void {
  const lingerForNoTime = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  checked('setsockopt', setsockopt(descriptor, SOL_SOCKET, SO_LINGER, lingerForNoTime, 8));
}

/** Lets the kernel probe a silent peer, in two hours for the first time unless it is set otherwise. */
export function keepAlive(descriptor: number): void {
  checked('setsockopt', setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, Uint8Array.of(1, 0, 0, 0), 4));
}

export function close(descriptor: number): void {
  checked('close', closeDescriptor(descriptor));
}

/** What `ip link set lo up` does, in the network namespace of this process (netdevice(7)). */
export function bringLoopbackUp(): void {
  const SIOCSIFFLAGS = 0x8914;
  const IFF_UP = 1;
  const request = new Uint8Array(40);
  request.set(Buffer.from('lo'));
  new DataView(request.buffer).setInt16(16, IFF_UP, true);
  const descriptor = checked('socket', socket(AF_INET, SOCK_STREAM, 0));
  checked('ioctl(SIOCSIFFLAGS)', ioctl(descriptor, SIOCSIFFLAGS, request));
  close(descriptor);
}
