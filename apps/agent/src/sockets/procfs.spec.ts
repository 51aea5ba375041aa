import { afterEach, describe, expect, it } from '@jest/globals';
import { netstatLines } from '@closewatch/socket-states';
import fc from 'fast-check';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { ZOO_PROC_ROOT, zooNetstat } from '../testing/fixtures.ts';
import { ProcDump } from './proc-dump.ts';
import { TABLES } from './proc-tcp-line.ts';
import { ProcfsSource } from './procfs.ts';

const folders: string[] = [];

/** A copy of the recorded /proc that a test may damage. */
function procCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  folders.push(folder);
  cpSync(ZOO_PROC_ROOT, folder, { recursive: true });
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('/proc/net/tcp and tcp6', () => {
  it('count what netstat counted at the same moment', async () => {
    const table = await new ProcfsSource(ZOO_PROC_ROOT).read();
    expect(netstatLines(table.counts).toSorted()).toEqual(zooNetstat());
    expect(table.counts.listen).toBe(9);
    expect(table.missing).toEqual([]);
  });

  it('spell out CLOSE_WAIT sockets, mapped addresses as IPv4, without cookies', async () => {
    const { closeWait: sockets, listeners } = await new ProcfsSource(ZOO_PROC_ROOT).read();
    const closeWait = [...sockets];
    expect(closeWait).toHaveLength(30);
    expect(new Set(closeWait.map((socket) => socket.fiveTuple().local.address))).toEqual(new Set(['127.0.0.1', '::1']));
    expect(new Set(closeWait.map(({ recvQueue }) => recvQueue))).toEqual(new Set([1, 7]));
    expect(closeWait.filter(({ inode }) => inode === 0)).toHaveLength(3);
    expect(closeWait.every(({ cookie }) => cookie === null)).toBe(true);
    expect(closeWait.every((socket) => listeners.listenAt(socket.fiveTuple().local))).toBe(true);
  });

  it('keep IPv4 counts when tcp6 is missing, and miss nothing', async () => {
    const folder = procCopy();
    rmSync(join(folder, 'net/tcp6'));
    const table = await new ProcfsSource(folder).read();
    expect(table.counts.time_wait).toBe(10);
    expect(table.missing).toEqual([]);
  });

  it('end no IPv6 socket while tcp6 cannot be read, and IPv4 ones as ever', async () => {
    const folder = procCopy();
    const source = new ProcfsSource(folder);
    const tracker = new LeakTracker({ bootId: 'b', namespaceInode: 1 }, String, () => false);
    let now = 0;
    const look = async () => {
      const table = await source.read();
      return { table, ...tracker.observe({ startedAt: now, takenAt: ++now, table }) };
    };
    await look();
    const { confirmed } = await look();
    rmSync(join(folder, 'net/tcp6'));
    mkdirSync(join(folder, 'net/tcp6'));
    const tcp = readFileSync(join(folder, 'net/tcp'), 'latin1');
    writeFileSync(join(folder, 'net/tcp'), tcp.slice(0, tcp.indexOf('\n') + 1));
    const { table } = await look();
    expect(table.missing).toEqual([expect.stringMatching(/^IPv6: .*net\/tcp6 cannot be read: EISDIR/)]);
    const addresses = (await look()).gone.map(({ fiveTuple }) => fiveTuple.local.address);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses).not.toContain('::1');
    const left = [...tracker.open()].map(({ fiveTuple }) => fiveTuple.local.address);
    expect(left).toContain('::1');
    expect(left.length + addresses.length).toBe(confirmed.length);
  });

  it('say which file cannot be read', async () => {
    const folder = procCopy();
    rmSync(join(folder, 'net/tcp'));
    await expect(new ProcfsSource(folder).read()).rejects.toThrow(/net\/tcp cannot be read: ENOENT/);
  });

  it('skip and count lines that make no sense', async () => {
    const folder = procCopy();
    const path = join(folder, 'net/tcp');
    const lines = readFileSync(path, 'latin1').split('\n');
    const [heading = '', ...rest] = lines;
    const cutShort = rest.find((line) => line.includes(' 08 '))?.slice(0, 60) ?? '';
    const garbage = ['', 'nonsense', '   7: 0100007F:1F90 0100007F:C350 0Z 0:0', cutShort, '\xff'.repeat(200)];
    writeFileSync(path, [heading, ...garbage, ...rest].join('\n'), 'latin1');
    const table = await new ProcfsSource(folder).read();
    expect(netstatLines(table.counts).toSorted()).toEqual(zooNetstat());
    expect(table.missing).toEqual([`procfs: ${garbage.length} lines of /proc/net/tcp{,6} were not understood`]);
  });

  it('count the same in whatever pieces the file arrives', () => {
    const file = readFileSync(join(ZOO_PROC_ROOT, 'net/tcp6'));
    const whole = new ProcDump();
    whole.begin(TABLES.tcp6);
    whole.add(file);
    whole.end();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const dump = new ProcDump();
        dump.begin(TABLES.tcp6);
        for (let at = 0, turn = 0; at < file.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          dump.add(file.subarray(at, at + size));
          at += size;
        }
        dump.end();
        expect({ tally: dump.tally, garbage: dump.garbage }).toEqual({ tally: whole.tally, garbage: 0 });
        expect(dump.closeWait.map(({ key }) => key)).toEqual(whole.closeWait.map(({ key }) => key));
      }),
    );
  });

  it('count a last line that has no end', () => {
    const dump = new ProcDump();
    dump.begin(TABLES.tcp);
    dump.add(Buffer.from('heading\n   0: 0100007F:1F90 0100007F:C350 06 00000000:00000000 03:00001770 00000000'));
    dump.end();
    expect(dump.tally.time_wait).toBe(1);
  });

  it('neither throw nor grow without bounds on bytes that never end a line', () => {
    const dump = new ProcDump();
    dump.begin(TABLES.tcp);
    for (let i = 0; i < 10; i++) dump.add(new Uint8Array(2_000));
    dump.end();
    expect(dump.garbage).toBe(10);
  });
});
