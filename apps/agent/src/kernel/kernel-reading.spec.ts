import { afterEach, describe, expect, it } from '@jest/globals';
import { KERNEL_COUNTERS, KERNEL_SYSCTLS, KernelFactsSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COUNTER_SECTIONS, SYSCTL_NAMES } from './kernel-names.ts';
import { fileHandlesIn, readCounters, readFileHandles, readSysctls, settingIn } from './kernel-reading.ts';

const folders: string[] = [];

function emptyProc(): string {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
  folders.push(folder);
  mkdirSync(join(folder, 'net'));
  mkdirSync(join(folder, 'sys/net/ipv4'), { recursive: true });
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('what is read of the kernel', () => {
  it('are the names of the protocol, no more and no fewer', () => {
    expect(COUNTER_SECTIONS.flatMap(({ names }) => [...names])).toEqual([...KERNEL_COUNTERS]);
    expect([...SYSCTL_NAMES]).toEqual([...KERNEL_SYSCTLS]);
  });

  it('is what this kernel shows, and fits the protocol', () => {
    const counters = readCounters('/proc');
    expect(counters.missing).toEqual([]);
    expect([...counters.values.keys()].toSorted()).toEqual([...KERNEL_COUNTERS].toSorted());
    const sysctls = readSysctls('/proc');
    expect(sysctls.missing).toEqual([]);
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim().split(/\s+/);
    expect(sysctls.values.get('net.ipv4.ip_local_port_range')).toBe(range.join(' '));
    const facts = {
      counters: Object.fromEntries(counters.values),
      sysctls: Object.fromEntries(sysctls.values),
      fileHandles: readFileHandles('/proc'),
    };
    expect(KernelFactsSchema.parse(facts)).toEqual(facts);
    expect(facts.fileHandles?.allocated).toBeGreaterThan(0);
  });

  it('names the files it could not read or understand, and keeps what the others tell', () => {
    const proc = emptyProc();
    writeFileSync(join(proc, 'net/netstat'), 'TcpExt: TW\nTcpExt: 1 2\n');
    const { values, missing } = readCounters(proc);
    expect(values).toEqual(new Map());
    expect(missing).toEqual([
      expect.stringMatching(/^kernel counters: .*net\/netstat has no readable "TcpExt:" lines$/),
      expect.stringMatching(/^kernel counters: .*net\/snmp cannot be read: ENOENT/),
    ]);
  });

  it('leaves out settings that this kernel does not have, and tells of those it may not read or cannot send', () => {
    const proc = emptyProc();
    const folder = join(proc, 'sys/net/ipv4');
    writeFileSync(join(folder, 'tcp_fin_timeout'), '60\n');
    writeFileSync(join(folder, 'ip_local_reserved_ports'), '1,'.repeat(3_000));
    mkdirSync(join(folder, 'tcp_tw_reuse'));
    const { values, missing } = readSysctls(proc);
    expect(values).toEqual(new Map([['net.ipv4.tcp_fin_timeout', '60']]));
    expect(missing).toEqual([
      expect.stringMatching(/^sysctl net\.ipv4\.ip_local_reserved_ports: .* holds no text of at most 4096 characters$/),
      expect.stringMatching(/^sysctl net\.ipv4\.tcp_tw_reuse: .* cannot be read: EISDIR/),
    ]);
  });

  it('takes a limit of descriptors that no number holds for the largest there is', () => {
    expect(fileHandlesIn('599\t0\t9223372036854775807\n')).toEqual({
      allocated: 599,
      max: Number.MAX_SAFE_INTEGER,
    });
    expect(fileHandlesIn('599\t0\t')).toBeUndefined();
    expect(fileHandlesIn('')).toBeUndefined();
    expect(readFileHandles(emptyProc())).toBeUndefined();
  });

  it('makes settings of any text that fit the protocol, or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
        const setting = settingIn(text);
        if (setting === undefined) return;
        const facts = { sysctls: { 'net.ipv4.tcp_fin_timeout': setting } };
        expect(KernelFactsSchema.parse(facts)).toEqual(facts);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const fileHandles = fileHandlesIn(text);
        if (fileHandles !== undefined) expect(KernelFactsSchema.parse({ fileHandles })).toEqual({ fileHandles });
      }),
    );
  });
});
