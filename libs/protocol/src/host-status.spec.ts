import { describe, expect, it } from '@jest/globals';
import { hostStatus } from './host-status.ts';

const NOW = Date.parse('2026-11-22T03:04:05.000Z');
const after = (silenceMs: number, intervalMs: number) => hostStatus(NOW - silenceMs, intervalMs, NOW);

describe('a host that samples every five seconds', () => {
  it.each([
    [0, 'live'],
    [15_000, 'live'],
    [15_001, 'stale'],
    [60_000, 'stale'],
    [60_001, 'silent'],
    [86_400_000, 'silent'],
  ])('is, after %d ms of silence, %s', (silenceMs, status) => {
    expect(after(silenceMs, 5_000)).toBe(status);
  });
});

describe('a host that samples every second', () => {
  it('is given the same patience as one of five', () => {
    expect(after(15_000, 1_000)).toBe('live');
    expect(after(60_000, 1_000)).toBe('stale');
  });
});

describe('a host that samples every five minutes', () => {
  it.each([
    [900_000, 'live'],
    [900_001, 'stale'],
    [1_800_000, 'stale'],
    [1_800_001, 'silent'],
  ])('is, after %d ms of silence, %s', (silenceMs, status) => {
    expect(after(silenceMs, 300_000)).toBe(status);
  });
});

it('is live when its clock is ahead of ours', () => {
  expect(after(-3_600_000, 5_000)).toBe('live');
});
