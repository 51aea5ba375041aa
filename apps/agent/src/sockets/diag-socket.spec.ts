import { describe, expect, it } from '@jest/globals';
import { AT, RECORD_BYTES, viewOf } from './diag-format.ts';
import { DiagRecords, DiagSocket } from './diag-socket.ts';

function socketWithCookie(cookie: bigint): DiagSocket {
  const message = new Uint8Array(RECORD_BYTES);
  viewOf(message).setBigUint64(AT.cookieLow, cookie, true);
  const records = new DiagRecords();
  return new DiagSocket(records, records.append(viewOf(message), 0));
}

describe('a CLOSE_WAIT socket out of a dump', () => {
  it('has its cookie as key, whole even past what a number holds', () => {
    expect(socketWithCookie(4097n).key).toBe(4097);
    expect(socketWithCookie(2n ** 53n - 1n).key).toBe(Number.MAX_SAFE_INTEGER);
    expect(socketWithCookie(2n ** 64n - 1n).key).toBe('18446744073709551615');
    expect(socketWithCookie(2n ** 64n - 2n).key).toBe('18446744073709551614');
  });

  it('stays readable while the records grow', () => {
    const records = new DiagRecords();
    const sockets = Array.from({ length: 500 }, (_, index) => {
      const message = new Uint8Array(RECORD_BYTES);
      viewOf(message).setUint32(AT.inode, index, true);
      return new DiagSocket(records, records.append(viewOf(message), 0));
    });
    expect(sockets.map(({ inode }) => inode)).toEqual(sockets.map((_, index) => index));
  });
});
