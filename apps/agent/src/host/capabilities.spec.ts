import { describe, expect, it } from '@jest/globals';
import { capabilitiesIn } from './capabilities.ts';

describe('capabilities', () => {
  it('are all held by root', () => {
    expect(capabilitiesIn('Name:\tnode\nCapEff:\t000001ffffffffff\n')).toEqual({
      held: ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE', 'CAP_SYS_ADMIN'],
      missing: [],
    });
  });

  it('are told apart, and what is not seen without them', () => {
    const { held, missing } = capabilitiesIn('CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000004\n');
    expect(held).toEqual(['CAP_DAC_READ_SEARCH']);
    expect(missing).toEqual([expect.stringMatching(/^CAP_SYS_PTRACE: .*processes .* unknown/)]);
  });

  it('lack CAP_SYS_ADMIN only for other network namespaces', () => {
    const { held, missing, missingForOthers } = capabilitiesIn('CapEff:\t0000000000080004\n');
    expect(held).toEqual(['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE']);
    expect(missing).toEqual([]);
    expect(missingForOthers).toMatch(/^CAP_SYS_ADMIN: other network namespaces/);
  });

  it('are missing as a whole when the kernel does not tell', () => {
    expect(capabilitiesIn('Name:\tnode\n')).toEqual({ held: [], missing: [expect.stringContaining('CapEff')] });
  });
});
