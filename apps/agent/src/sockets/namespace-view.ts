import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DiagChannel } from './libc.ts';

/** How the netlink source looks into one network namespace. */
export interface NetlinkView {
  /** A new channel, bound to the namespace. */
  openChannel(): DiagChannel;
  /** The text of its /proc/net/sockstat. Throws when it cannot be read. */
  readSockstat(): string;
}

/** How the /proc source looks into one network namespace. */
export interface ProcView {
  /** A descriptor of its /proc/net/`file`, which {@link close} takes back; it is read by position, from 0. */
  open(file: string): number;
  close(descriptor: number): void;
  /** Where `file` is, for messages. */
  pathOf(file: string): string;
}

/** The text of /proc/net/sockstat of the caller's own namespace. `procRoot` is usually /proc. */
export function readOwnSockstat(procRoot: string): string {
  return readFileSync(join(procRoot, 'net/sockstat'), 'latin1');
}
