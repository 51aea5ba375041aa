import { beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { HostTime, kernelClocks, uptimeIn } from './host-time.ts';

let monotonic: number;
let asleep: number;
let wall: number;
let time: HostTime;

beforeEach(() => {
  monotonic = 40;
  asleep = 5_000;
  wall = Date.UTC(2026, 10, 22, 3);
  time = new HostTime({ monotonic: () => monotonic, boot: () => monotonic + asleep + 60_000, wall: () => wall });
});

function pass(ms: number): void {
  monotonic += ms;
  wall += ms;
}

function sleep(ms: number): void {
  asleep += ms;
  wall += ms;
}

describe("the host's time", () => {
  it('counts from the start of the host, and sees nothing in time that passes, or a wall clock that is slewed', () => {
    expect(time.now()).toBe(65_040);
    for (let look = 0; look < 1_000; look++) {
      pass(5_000);
      wall += 3;
      time.now();
    }
    expect(time.now()).toBe(5_065_040);
    expect(time.takeEvents()).toEqual([]);
  });

  it('goes on over a sleep of the host, and says so once', () => {
    sleep(3_600_000);
    pass(20);
    expect(time.now()).toBe(65_060 + 3_600_000);
    expect(time.now()).toBe(65_060 + 3_600_000);
    expect(time.takeEvents()).toEqual([{ kind: 'suspended', ms: 3_600_000 }]);
    expect(time.takeEvents()).toEqual([]);
  });

  it.each([3_600_000, -86_400_000])('does not jump with a wall clock that is set by %d ms', (ms) => {
    wall += ms;
    expect(time.now()).toBe(65_040);
    expect(time.takeEvents()).toEqual([{ kind: 'clock_jumped', ms }]);
  });

  it('tells a sleep and a clock that is set with it apart', () => {
    sleep(60_000);
    wall -= 7_200_000;
    expect(time.now()).toBe(125_040);
    expect(time.takeEvents()).toEqual([
      { kind: 'suspended', ms: 60_000 },
      { kind: 'clock_jumped', ms: -7_200_000 },
    ]);
  });

  it('takes every move for a clock that was set where nobody tells the boot time', () => {
    const blind = new HostTime({ monotonic: () => monotonic, boot: () => undefined, wall: () => wall });
    sleep(60_000);
    expect(blind.now()).toBe(40);
    expect(blind.takeEvents()).toEqual([{ kind: 'clock_jumped', ms: 60_000 }]);
  });

  it('is read from /proc/uptime', () => {
    const told = uptimeIn(readFileSync('/proc/uptime', 'latin1')) ?? 0;
    expect(Math.abs((kernelClocks('/proc').boot() ?? 0) - told)).toBeLessThan(1_000);
    expect(uptimeIn('11981.09 15005.88\n')).toBe(11_981_090);
    expect(['', 'x', '-1.00 2.00\n', '1e9 1\n'].map(uptimeIn)).toEqual([undefined, undefined, undefined, undefined]);
    expect(kernelClocks('/nowhere').boot()).toBeUndefined();
  });
});
