import { describe, expect, it } from '@jest/globals';
import { tcpStateFromKernel } from '@closewatch/socket-states';
import { ZOO_PROC_ROOT, ZOO_SEQUENCE, zooBuffers } from '../testing/fixtures.ts';
import { DiagDump } from './diag-dump.ts';
import { heldBy } from './proc-tcp-line.ts';
import { ProcfsSource } from './procfs.ts';
import { SocketRoll } from './socket-roll.ts';

/** Its sockets as text, sorted. */
function listed(roll: SocketRoll): string[] {
  return Array.from({ length: roll.length }, (_, index) =>
    [roll.inode(index), roll.uid(index), tcpStateFromKernel(roll.state(index))].join(' '),
  ).toSorted();
}

describe('a roll of all sockets', () => {
  it('has the same sockets from netlink and from /proc, without TIME_WAIT', async () => {
    const roll = new SocketRoll();
    const dump = new DiagDump(ZOO_SEQUENCE, roll);
    for (const buffer of zooBuffers()) dump.add(buffer);
    const fromProc = new SocketRoll();
    const { counts } = await new ProcfsSource(ZOO_PROC_ROOT).read(fromProc);
    const open = Object.entries(counts).filter(([state]) => state !== 'time_wait');
    expect(roll.length).toBe(open.reduce((sum, [, count]) => sum + (count ?? 0), 0));
    expect(listed(roll).filter((text) => text.endsWith('close_wait'))).toHaveLength(30);
    expect(listed(fromProc)).toEqual(listed(roll));
  });

  it('is emptied before a look', async () => {
    const roll = new SocketRoll();
    roll.add(1, 2, 3);
    const source = new ProcfsSource(ZOO_PROC_ROOT);
    await source.read(roll);
    const first = listed(roll);
    await source.read(roll);
    expect(listed(roll)).toEqual(first);
    expect(first).not.toContain('1 2 syn_received');
  });

  it('keeps numbers of 32 bits, and counts what it has no room for', () => {
    const roll = new SocketRoll();
    for (let i = 0; i < 262_144; i++) roll.add(4_294_967_295 - i, 4_294_967_294, 8);
    roll.add(1, 1, 1);
    expect([roll.length, roll.omitted]).toEqual([262_144, 1]);
    expect([roll.inode(0), roll.inode(262_143), roll.uid(262_143), roll.state(5)]).toEqual([
      4_294_967_295, 4_294_705_152, 4_294_967_294, 8,
    ]);
  });
});

describe('whose the socket of a line of /proc/net/tcp is', () => {
  const line =
    '   0: 0100007F:1F90 0100007F:C350 08 00000000:00000001 00:00000000 00000000  1000        0 54321 1 ffff';
  const read = (text: string) => heldBy(Buffer.from(text), 0, text.length);

  it('stands behind the queues and timers', () => {
    expect(read(line)).toEqual({ uid: 1_000, inode: 54_321 });
  });

  it('is not told by a line cut short before, nor by what is no number', () => {
    expect(read(line.slice(0, 80))).toBeUndefined();
    expect(read(line.replace('54321', '5x321'))).toBeUndefined();
    expect(read(line.replace('54321', '99999999999'))).toBeUndefined();
    expect(read('')).toBeUndefined();
  });
});
