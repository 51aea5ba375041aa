import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelCollector } from './kernel-collector.ts';

let proc: string;

function write({ tw = 5, opens = 7, finTimeout = 60, handles = 599 } = {}): void {
  writeFileSync(join(proc, 'net/netstat'), `TcpExt: TW TWKilled\nTcpExt: ${tw} 0\n`);
  writeFileSync(join(proc, 'net/snmp'), `Tcp: ActiveOpens\nTcp: ${opens}\n`);
  writeFileSync(join(proc, 'sys/net/ipv4/tcp_fin_timeout'), `${finTimeout}\n`);
  writeFileSync(join(proc, 'sys/fs/file-nr'), `${handles}\t0\t1000\n`);
}

const EVERYTHING = {
  kernel: {
    counters: { TW: 5, TWKilled: 0, ActiveOpens: 7 },
    sysctls: { 'net.ipv4.tcp_fin_timeout': '60' },
    fileHandles: { allocated: 599, max: 1_000 },
  },
};

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  for (const folder of ['net', 'sys/net/ipv4', 'sys/fs']) mkdirSync(join(proc, folder), { recursive: true });
  write();
});

afterEach(() => rmSync(proc, { recursive: true }));

describe('the kernel in snapshots', () => {
  it('is all of it first, and nothing while nothing changes', async () => {
    const collector = new KernelCollector(proc);
    expect(await collector.collect({ takenAt: 0 })).toEqual(EVERYTHING);
    expect(await collector.collect({ takenAt: 5_000 })).toEqual({});
    expect(collector.missing).toEqual([]);
  });

  it('is what changed since it was told, settings within half a minute', async () => {
    const collector = new KernelCollector(proc);
    await collector.collect({ takenAt: 0 });
    write({ tw: 6, finTimeout: 30, handles: 600 });
    expect(await collector.collect({ takenAt: 5_000 })).toEqual({
      kernel: { counters: { TW: 6 }, fileHandles: { allocated: 600, max: 1_000 } },
    });
    expect(await collector.collect({ takenAt: 10_000 })).toEqual({});
    expect(await collector.collect({ takenAt: 30_000 })).toEqual({
      kernel: { sysctls: { 'net.ipv4.tcp_fin_timeout': '30' } },
    });
  });

  it('is all of it again after ten minutes, though nothing changed', async () => {
    const collector = new KernelCollector(proc);
    await collector.collect({ takenAt: 0 });
    expect(await collector.collect({ takenAt: 599_999 })).toEqual({});
    expect(await collector.collect({ takenAt: 600_000 })).toEqual(EVERYTHING);
  });

  it('is all of it again when the server refused a snapshot', async () => {
    const collector = new KernelCollector(proc);
    await collector.collect({ takenAt: 0 });
    collector.retell();
    expect(await collector.collect({ takenAt: 5_000 })).toEqual(EVERYTHING);
  });

  it('keeps what the other files tell when one is garbled, and tells of it until it is whole again', async () => {
    writeFileSync(join(proc, 'net/netstat'), 'TcpExt: TW TWKilled\nTcpExt: 5');
    const collector = new KernelCollector(proc);
    expect(await collector.collect({ takenAt: 0 })).toMatchObject({ kernel: { counters: { ActiveOpens: 7 } } });
    expect(collector.missing).toEqual([expect.stringMatching(/^kernel counters: .*netstat has no readable/)]);
    write();
    expect(await collector.collect({ takenAt: 5_000 })).toEqual({ kernel: { counters: { TW: 5, TWKilled: 0 } } });
    expect(collector.missing).toEqual([]);
  });
});
