import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { ZooNamespace, obstacleToNetstat } from '../testing/network-namespace.ts';
import { NamespaceGate, namespaceCookie } from './namespace-gate.ts';

const STRANDING = resolve(import.meta.dirname, '../testing/stranding.ts');
const obstacle = obstacleToNetstat();
const describeAsRoot = obstacle === undefined ? describe : describe.skip;

function here(): string {
  return readlinkSync('/proc/thread-self/ns/net');
}

describeAsRoot(`a gate into a network namespace${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  let other: ZooNamespace;
  let descriptor: number;
  let gate: NamespaceGate;

  beforeAll(async () => {
    other = await ZooNamespace.open();
    descriptor = openSync(`/proc/${other.pid}/ns/net`, 'r');
    gate = new NamespaceGate('/proc');
  });

  afterAll(async () => {
    gate.close();
    closeSync(descriptor);
    await other.close();
  });

  it('leads there and back', () => {
    const home = here();
    const there = gate.inside(descriptor, here);
    expect(there).toBe(other.run('readlink', '/proc/self/ns/net').trim());
    expect(there).not.toBe(home);
    expect(here()).toBe(home);
  });

  it('leads back when what is done there fails', () => {
    const home = here();
    expect(() =>
      gate.inside(descriptor, () => {
        throw new Error('no such file');
      }),
    ).toThrow('no such file');
    expect(here()).toBe(home);
  });

  it('does not lead where there is no namespace, and nothing is done', () => {
    const file = openSync('/dev/null', 'r');
    let done = false;
    expect(() => gate.inside(file, () => (done = true))).toThrow(/^setns: EINVAL$/);
    closeSync(file);
    expect(done).toBe(false);
  });

  it('tells a cookie that is the same for one namespace and another for another', () => {
    const there = gate.inside(descriptor, namespaceCookie);
    expect(there).toMatch(/^\d+$/);
    expect(gate.inside(descriptor, namespaceCookie)).toBe(there);
    expect(namespaceCookie()).not.toBe(there);
  });

  it('ends the program that cannot come back', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [STRANDING, String(other.pid)], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'inside\n' });
    expect(stderr).toMatch(/setns back: EINVAL; it cannot go on in another network namespace/);
  });
});
