import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeProc } from '../testing/fake-proc.ts';
import { NOT_MOUNTED, OUTSIDE, ThrottlingMeters, type QuotaPath } from './throttling.ts';

const PID = 20;

let proc: FakeProc;
let now: number;
let meters: ThrottlingMeters;

beforeEach(() => {
  proc = new FakeProc();
  proc.begin(PID, {});
  now = 1_000;
  meters = new ThrottlingMeters(proc.root, () => now);
});

afterEach(() => proc.remove());

/** Mounts version 2 below the fake /proc, and says that the process is in this control group. */
function mount(path: string, root = '/'): void {
  mkdirSync(join(proc.root, 'self'), { recursive: true });
  writeFileSync(join(proc.root, 'self/mountinfo'), `1 0 0:1 ${root} ${proc.root}/cg rw - cgroup2 cgroup2 rw\n`);
  writeFileSync(join(proc.root, String(PID), 'cgroup'), `0::${path}\n`);
}

function group(path: string, { quota = 'max 100000', times = 0, ms = 0 } = {}): void {
  const folder = join(proc.root, 'cg', path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cpu.max'), `${quota}\n`);
  writeFileSync(join(folder, 'cpu.stat'), `usage_usec 1\nnr_throttled ${times}\nthrottled_usec ${ms * 1_000}\n`);
}

function path(): QuotaPath {
  const found = meters.pathOf(PID);
  if (found === undefined) throw new Error('the process is gone');
  return found;
}

function rateAfter(ms: number) {
  now += ms;
  meters.beginTurn();
  return meters.rateOver(path());
}

describe('throttling', () => {
  it('is none without a quota', () => {
    mount('/web/app');
    group('/web/app');
    group('/web');
    expect(path()).toEqual({ version: 2, folders: [], missing: undefined });
    expect(rateAfter(0)).toEqual({ throttling: null, missing: undefined });
  });

  it('is that of the control group above that has the quota, between two turns', () => {
    mount('/web/app');
    group('/web/app');
    group('/web', { quota: '20000 100000', times: 10, ms: 700 });
    expect(rateAfter(0).throttling).toBeNull();
    group('/web', { quota: '20000 100000', times: 60, ms: 4_700 });
    expect(rateAfter(5_000)).toEqual({
      throttling: { cgroupVersion: 2, throttledPerSecond: 10, throttledMsPerSecond: 800 },
      missing: undefined,
    });
  });

  it('is that of the quota that holds hardest', () => {
    mount('/web/app');
    group('/web/app', { quota: '1 1' });
    group('/web', { quota: '1 1' });
    rateAfter(0);
    group('/web/app', { quota: '1 1', times: 3, ms: 100 });
    group('/web', { quota: '1 1', times: 1, ms: 900 });
    expect(rateAfter(1_000).throttling).toMatchObject({ throttledPerSecond: 1, throttledMsPerSecond: 900 });
  });

  it('is the same for all processes of a turn, and read once', () => {
    mount('/web');
    group('/web', { quota: '1 1' });
    rateAfter(0);
    group('/web', { quota: '1 1', times: 5, ms: 50 });
    const { throttling } = rateAfter(1_000);
    now += 3;
    group('/web', { quota: '1 1', times: 900, ms: 9_000 });
    expect(meters.rateOver(path()).throttling).toEqual(throttling);
  });

  it('is not told for counters that went back: another control group goes by the name', () => {
    mount('/web');
    group('/web', { quota: '1 1', times: 500, ms: 900 });
    rateAfter(0);
    group('/web', { quota: '1 1', times: 2, ms: 3 });
    expect(rateAfter(1_000)).toEqual({ throttling: null, missing: undefined });
  });

  it('is none when the control group is removed, and tells what is wrong with a broken one', () => {
    mount('/web');
    group('/web', { quota: '1 1' });
    const quotas = path();
    writeFileSync(join(proc.root, 'cg/web/cpu.stat'), 'nr_thr');
    expect(meters.rateOver(quotas).missing).toMatch(/cpu\.stat/);
    rmSync(join(proc.root, 'cg'), { recursive: true });
    expect(meters.rateOver(quotas)).toEqual({ throttling: null, missing: undefined });
  });

  it('says what to do where the control group cannot be seen', () => {
    mount('/../../system.slice/app.service');
    expect(path().missing).toBe(OUTSIDE);
    writeFileSync(join(proc.root, String(PID), 'cgroup'), '4:cpu,cpuacct:/web\n0::/\n');
    expect(path().missing).toBe(NOT_MOUNTED);
    proc.exit(PID);
    expect(meters.pathOf(PID)).toBeUndefined();
  });
});
