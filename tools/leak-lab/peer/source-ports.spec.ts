import { expect, it } from '@jest/globals';
import { portRange, sourcePorts } from './source-ports.ts';

function taken(host: string, count: number): string[] {
  const sources = sourcePorts(host, count);
  return Array.from({ length: count }, () => {
    const { localAddress, localPort } = sources.next().value;
    return `${localAddress} ${localPort}`;
  });
}

it('gives no source twice, not even for the largest count', () => {
  expect(new Set(taken('127.0.0.1', 50_000)).size).toBe(50_000);
});

it('stays on one address as long as that has ports', () => {
  expect(new Set(taken('127.0.0.1', 1_000).map((source) => source.split(' ')[0]))).toEqual(new Set(['127.0.0.1']));
  expect(new Set(taken('::1', 1_000).map((source) => source.split(' ')[0]))).toEqual(new Set(['::1']));
});

it('keeps within the ephemeral ports', () => {
  const { low, high } = portRange();
  const ports = taken('127.0.0.1', high - low + 1).map((source) => Number(source.split(' ')[1]));

  expect(Math.min(...ports)).toBe(low);
  expect(Math.max(...ports)).toBe(high);
});
