import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectDescriptors, detectSystemDescriptors } from './descriptors-detector.ts';
import { detectPorts, timeWaitIsReused } from './ports-detector.ts';
import { DEFAULT_THRESHOLDS } from './thresholds.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const AT = 1_000 * MINUTE;
const instants = Array.from({ length: 80 }, (_, index) => AT - (79 - index) * 10 * SECOND);
const use = (limit: number, usedAt: (secondsAgo: number) => number) =>
  instants.map((at) => ({ at, used: usedAt((AT - at) / SECOND), limit }));
const detect = (samples: ReturnType<typeof use>, towards: string | null = null) =>
  detectDescriptors(samples, towards, AT, DEFAULT_THRESHOLDS.descriptors);
const keysOf = ({ reasons }: { reasons: readonly { key: string }[] }) => reasons.map(({ key }) => key);

describe('descriptors', () => {
  it('that run out are told with the time that is left, and where they went', () => {
    const detection = detect(
      use(4_096, (ago) => 3_000 - ago),
      '10.0.2.7:443',
    );
    expect(detection).toMatchObject({ level: 'warning', quiet: false, leading: 'used' });
    expect(detection.figures.timeLeftMs).toBe(1_096 * SECOND);
    expect(detection.figures.slopePerHour).toBeCloseTo(3_600);
    expect(detection.reasons).toEqual([
      { key: 'descriptors.time_left', parameters: { timeLeftMs: 1_096 * SECOND, slopePerHour: expect.closeTo(3_600) } },
      { key: 'descriptors.towards', parameters: { peer: '10.0.2.7:443' } },
    ]);
    expect(detect(use(3_500, (ago) => 3_000 - ago)).level).toBe('critical');
  });

  it('that rise from few are not forecast', () => {
    expect(detect(use(4_096, (ago) => 1_000 - ago))).toMatchObject({ level: 'none', quiet: true });
  });

  it('of a crowd that came and stays are not told', () => {
    expect(detect(use(1_000, (ago) => (ago > 400 ? 200 : 700))).level).toBe('none');
  });

  it('that stand still never alert, unless next to none are free', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 10_000 }), (used, limit) => {
        const { level } = detect(use(limit, () => used));
        const usedShare = used / limit;
        expect(level).toBe(usedShare >= 1 ? 'critical' : usedShare >= 0.97 ? 'warning' : 'none');
      }),
    );
  });

  it('that are all used for a moment are not told', () => {
    expect(detect(use(1_000, (ago) => (ago < 100 ? 999 : 300))).level).toBe('none');
  });

  it('of which nothing is known are quiet', () => {
    expect(detect([])).toMatchObject({ level: 'none', quiet: true });
  });

  it('of the system are told hours before they run out', () => {
    const samples = use(100_000, (ago) => 70_000 - ago * 2);
    expect(keysOf(detectSystemDescriptors(samples, AT, DEFAULT_THRESHOLDS.systemDescriptors))).toEqual([
      'system_descriptors.time_left',
    ]);
  });
});

describe('ports', () => {
  const ports = (timeWait: number, usedAt: (secondsAgo: number) => number) =>
    instants.map((at) => ({ at, used: usedAt((AT - at) / SECOND), timeWait, available: 28_000 }));
  const pressure = (samples: ReturnType<typeof ports>, timeWaitReused: boolean) =>
    detectPorts(samples, { closesPerSecond: 450, timeWaitReused }, AT, DEFAULT_THRESHOLDS.ports);

  it('in TIME_WAIT count where they are not reused, and tell the rate that can go on', () => {
    const detection = pressure(
      ports(25_000, () => 27_500),
      false,
    );
    expect(detection.level).toBe('warning');
    expect(detection.figures).toMatchObject({ used: 27_500, timeWait: 25_000, closesPerSecond: 450 });
    expect(detection.figures.sustainablePerSecond).toBeCloseTo(466.7, 1);
    expect(keysOf(detection)).toEqual(['ports.used', 'ports.time_wait']);
  });

  it('in TIME_WAIT do not count where they are reused', () => {
    const detection = pressure(
      ports(25_000, () => 27_500),
      true,
    );
    expect(detection).toMatchObject({ level: 'none', quiet: true });
    expect(detection.figures).toMatchObject({ used: 2_500, sustainablePerSecond: null });
  });

  it('that run out are told before', () => {
    const detection = pressure(
      ports(0, (ago) => 20_000 - 10 * ago),
      false,
    );
    expect(detection.level).toBe('warning');
    expect(detection.figures.timeLeftMs).toBeCloseTo(800 * SECOND, -3);
    expect(
      pressure(
        ports(0, (ago) => 25_000 - 10 * ago),
        false,
      ).level,
    ).toBe('critical');
  });

  it('that are all used are critical', () => {
    expect(
      pressure(
        ports(0, () => 28_000),
        false,
      ).level,
    ).toBe('critical');
  });

  it.each([
    ['0', '10.0.0.1', false],
    ['1', '10.0.0.1', true],
    ['2', '10.0.0.1', false],
    ['2\n', '127.0.0.5', true],
    ['2', '::1', true],
    [null, '127.0.0.1', true],
    [null, '192.0.2.1', false],
  ])('in TIME_WAIT with tcp_tw_reuse %p towards %s are reused: %p', (sysctl, peer, expected) => {
    expect(timeWaitIsReused(sysctl, peer)).toBe(expected);
  });
});
