import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { syscallIn, syscallNamesOf } from './syscall-names.ts';

const HEADER = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';

describe('names of system calls', () => {
  it.each([
    ['x64', 0, 'read'],
    ['x64', 202, 'futex'],
    ['x64', 232, 'epoll_wait'],
    ['x64', 334, 'rseq'],
    ['x64', 455, 'futex_wait'],
    ['arm64', 98, 'futex'],
    ['arm64', 63, 'read'],
    ['arm64', 22, 'epoll_pwait'],
    ['arm64', 242, 'accept4'],
    ['arm64', 293, 'rseq'],
    ['riscv64', 258, 'syscall 258'],
    ['arm64', 441, 'epoll_pwait2'],
    ['x64', 9_999, 'syscall 9999'],
    ['s390x', 3, 'syscall 3'],
    ['constructor', 3, 'syscall 3'],
  ])('on %s: %d is %s', (architecture, number, name) => {
    expect(syscallNamesOf(architecture)(number)).toBe(name);
  });

  (existsSync(HEADER) ? it : it.skip)('are those of the C library (its headers for x86-64 are needed)', () => {
    const nameOf = syscallNamesOf('x64');
    const defined = [...readFileSync(HEADER, 'latin1').matchAll(/^#define __NR_(\w+) (\d+)$/gm)];
    expect(defined.length).toBeGreaterThan(300);
    for (const [, name, number] of defined) expect(nameOf(Number(number))).toBe(name);
  });
});

describe('the system call of a thread', () => {
  const nameOf = syscallNamesOf('x64');

  it('has a name by its number', () => {
    expect(syscallIn('202 0x55d009e12040 0x189 0x0 0x0 0x0 0xf 0x7ffc1ba0f3d8 0x7f2437a2dfa0\n', nameOf)).toBe('futex');
  });

  it('is none when it runs, or sleeps outside of one', () => {
    expect(syscallIn('running\n', nameOf)).toBeNull();
    expect(syscallIn('-1 0x7ffe14186fb0 0x7fb116efe1cc\n', nameOf)).toBeNull();
  });

  it('is not named for a 32-bit program, whose numbers are others', () => {
    expect(syscallIn('240 0x8049f2c 0x80 0x2 0x0 0x0 0x0 0xffb2d0f0 0xf7f3a559\n', nameOf)).toBe('syscall 240');
    // Go links its programs to low addresses, but its stacks are not there.
    expect(syscallIn('202 0x5a1c68 0x80 0x0 0x0 0x0 0x0 0x7fffd1c1bc50 0x46d143\n', nameOf)).toBe('futex');
  });

  it('fits the wire, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789x -') })), (text) => {
        expect(syscallIn(text, nameOf) ?? '').toMatch(/^(\w+|syscall \d{1,10})?$/);
      }),
    );
  });
});
