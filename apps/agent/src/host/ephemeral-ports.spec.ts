import { describe, expect, it } from '@jest/globals';
import { ephemeralPortsIn, readEphemeralPorts } from './ephemeral-ports.ts';

describe('ephemeral ports', () => {
  it('are those of the range, both ends included', () => {
    const isEphemeral = ephemeralPortsIn('32768\t60999\n', '\n');
    expect([32_767, 32_768, 60_999, 61_000].map(isEphemeral)).toEqual([false, true, true, false]);
  });

  it('are not those that are kept for listeners', () => {
    const isEphemeral = ephemeralPortsIn('32768 60999', '40000,50000-50010\n');
    expect([39_999, 40_000, 50_000, 50_010, 50_011].map(isEphemeral)).toEqual([true, false, false, false, true]);
  });

  it('are none where the kernel does not tell', () => {
    expect(ephemeralPortsIn('', '')(40_000)).toBe(false);
    expect(readEphemeralPorts('/nowhere')(40_000)).toBe(false);
  });

  it('are told by this kernel', () => {
    const isEphemeral = readEphemeralPorts('/proc');
    expect(Array.from({ length: 65_536 }, (_, port) => port).some(isEphemeral)).toBe(true);
    expect(isEphemeral(0)).toBe(false);
  });
});
