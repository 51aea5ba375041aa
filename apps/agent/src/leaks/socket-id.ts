import { fiveTupleKey, type FiveTuple } from '@closewatch/socket-states';
import { createHash } from 'node:crypto';

/** Where sockets are counted apart from each other: a boot of a host, and one of its network namespaces. */
export interface SocketRealm {
  readonly bootId: string;
  readonly namespaceInode: number;
}

/** From the kernel's cookie, which is not reused while the host is up: the same over restarts of the agent. */
export function socketIdFromCookie(realm: SocketRealm, cookie: string): string {
  return hash(realm.bootId, String(realm.namespaceInode), cookie);
}

/** For sources without cookies. `firstSeenAt` keeps apart sockets that follow each other on the same addresses. */
export function socketIdFromAddresses(
  realm: SocketRealm,
  fiveTuple: FiveTuple,
  inode: number,
  firstSeenAt: string,
): string {
  return hash(realm.bootId, String(realm.namespaceInode), fiveTupleKey(fiveTuple), String(inode), firstSeenAt);
}

/** 128 bits, as 22 characters of base64url. */
function hash(...parts: string[]): string {
  const digest = createHash('sha256').update(parts.join('\n')).digest('base64url');
  // A slice of the text would keep the whole of it in memory.
  return Buffer.from(digest, 'latin1').toString('latin1', 0, 22);
}
