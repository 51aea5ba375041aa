import { describe, expect, it } from '@jest/globals';
import { netstatLines, totalOf } from '@closewatch/socket-states';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZOO_PROC_ROOT, ZOO_SEQUENCE, zooBuffers, zooNetstat } from '../testing/fixtures.ts';
import { DiagDump } from './diag-dump.ts';
import { AT, NLMSG_DONE, NLMSG_ERROR, NLM_F_DUMP_INTR, RECORD_BYTES, aligned, viewOf } from './diag-format.ts';
import { timeWaitRecordsIn } from './sockstat.ts';

function dumped(buffers: readonly Uint8Array[]) {
  const dump = new DiagDump(ZOO_SEQUENCE);
  const progress = buffers.map((buffer) => dump.add(buffer));
  return { dump, progress, last: progress.at(-1) };
}

/** The messages of a buffer, each as bytes of its own. */
function messagesOf(buffer: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < buffer.length;) {
    const length = viewOf(buffer).getUint32(at, true);
    messages.push(buffer.slice(at, at + aligned(length)));
    at += aligned(length);
  }
  return messages;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe('a netlink dump', () => {
  it('counts what netstat counted at the same moment, TIME_WAIT from sockstat', () => {
    const { dump, last } = dumped(zooBuffers());
    const records = timeWaitRecordsIn(readFileSync(join(ZOO_PROC_ROOT, 'net/sockstat'), 'latin1')) ?? 0;
    const counts = { ...dump.tally, time_wait: records - dump.finWait2Minisockets };
    expect(last).toEqual({ kind: 'done' });
    expect(netstatLines(counts).toSorted()).toEqual(zooNetstat());
    expect(dump.finWait2Minisockets).toBe(12);
    expect(counts.listen).toBe(9);
  });

  it('spells out CLOSE_WAIT sockets: addresses of both families, queues, and what waits in a backlog', () => {
    const { dump } = dumped(zooBuffers());
    expect(dump.closeWait).toHaveLength(30);
    const addresses = new Set([...dump.closeWait].map((socket) => socket.fiveTuple().local.address));
    expect(addresses).toEqual(new Set(['127.0.0.1', '::1']));
    // One for the end of the stream, six more where the text was not read.
    expect(new Set([...dump.closeWait].map(({ recvQueue }) => recvQueue))).toEqual(new Set([1, 7]));
    expect([...dump.closeWait].filter(({ inode }) => inode === 0)).toHaveLength(3);
    expect(new Set([...dump.closeWait].map(({ cookie }) => cookie)).size).toBe(30);
  });

  it('knows where somebody listens', () => {
    const { dump } = dumped(zooBuffers());
    for (const socket of dump.closeWait) {
      const { local, peer } = socket.fiveTuple();
      expect(dump.listeners.listenAt(local)).toBe(true);
      expect(dump.listeners.listenAt(peer)).toBe(false);
    }
  });

  it('counts a socket once that the kernel repeats at the start of the next buffer', () => {
    const buffers = zooBuffers();
    const expected = dumped(buffers).dump.tally;
    const repeated = buffers.map((buffer, index) => {
      const before = buffers[index - 1];
      return before === undefined ? buffer : joined([...messagesOf(before).slice(-2), buffer]);
    });
    expect(dumped(repeated).dump.tally).toEqual(expected);
  });

  it('tells when the kernel saw its table change', () => {
    const [first = new Uint8Array()] = zooBuffers();
    viewOf(first).setUint16(AT.flags, NLM_F_DUMP_INTR, true);
    expect(dumped([first]).last).toEqual({ kind: 'spoiled', why: 'NLM_F_DUMP_INTR' });
  });

  it('passes on the number of an error', () => {
    const error = new Uint8Array(36);
    viewOf(error).setUint32(AT.length, 36, true);
    viewOf(error).setUint16(AT.type, NLMSG_ERROR, true);
    viewOf(error).setUint32(AT.sequence, ZOO_SEQUENCE, true);
    viewOf(error).setInt32(AT.errno, -2, true);
    expect(dumped([error]).last).toEqual({ kind: 'refused', errno: 2 });
  });

  it('has failed when its end carries the number of an error, and has not when it carries none', () => {
    const ending = (result: number | undefined): Uint8Array => {
      const done = new Uint8Array(result === undefined ? 16 : 20);
      viewOf(done).setUint32(AT.length, done.length, true);
      viewOf(done).setUint16(AT.type, NLMSG_DONE, true);
      viewOf(done).setUint32(AT.sequence, ZOO_SEQUENCE, true);
      if (result !== undefined) viewOf(done).setInt32(AT.errno, result, true);
      return done;
    };
    expect(dumped([ending(-12)]).last).toEqual({ kind: 'refused', errno: 12 });
    expect(dumped([ending(0)]).last).toEqual({ kind: 'done' });
    expect(dumped([ending(undefined)]).last).toEqual({ kind: 'done' });
  });

  it('skips answers to another request', () => {
    const [first = new Uint8Array()] = zooBuffers();
    const dump = new DiagDump(ZOO_SEQUENCE + 1);
    expect(dump.add(first)).toEqual({ kind: 'more' });
    expect(totalOf(dump.tally)).toBe(0);
  });

  it('calls a buffer spoiled wherever it is cut, unless between two messages', () => {
    const [first = new Uint8Array()] = zooBuffers();
    const ends = new Set<number>([0]);
    let end = 0;
    for (const message of messagesOf(first)) ends.add((end += message.length));
    for (let cut = 0; cut < first.length; cut++) {
      const kind = dumped([first.subarray(0, cut)]).last?.kind;
      expect({ cut, kind }).toEqual({ cut, kind: ends.has(cut) ? 'more' : 'spoiled' });
    }
  });

  it('neither throws nor counts more sockets than there is room for, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const { dump } = dumped([bytes]);
        expect(totalOf(dump.tally)).toBeLessThanOrEqual(bytes.length / RECORD_BYTES);
      }),
    );
  });

  it('survives any flipped byte, and every socket it lists can be spelled out', () => {
    const buffers = zooBuffers();
    const [first = new Uint8Array()] = buffers;
    const sockets = messagesOf(first).length;
    fc.assert(
      fc.property(fc.nat(first.length - 1), fc.nat(255), (at, byte) => {
        const damaged = first.slice();
        damaged[at] = byte;
        const { dump } = dumped([damaged]);
        expect(totalOf(dump.tally)).toBeLessThanOrEqual(sockets);
        for (const socket of dump.closeWait) {
          expect(socket.fiveTuple().local.address).toMatch(/^[0-9a-f.:]+$/);
          expect(['number', 'string']).toContain(typeof socket.key);
        }
      }),
    );
  });
});
