import { describe, expect, it } from '@jest/globals';
import { type LeakGroup } from '@closewatch/protocol';
import { LEAK_EXAMPLE } from '../openapi/examples/leak-examples.ts';
import { sameLeaks } from './leak-news.ts';

const leak = LEAK_EXAMPLE as unknown as LeakGroup;
const { finding, subject } = leak;
const same = (changed: Partial<LeakGroup>): boolean => sameLeaks([leak], [{ ...leak, ...changed }]);

describe('what is news of leaks', () => {
  it.each<[string, Partial<LeakGroup>]>([
    ['how many there are', { count: 3 }],
    ['how many are leaked', { leaked: 1 }],
    ['orphans', { orphaned: 1 }],
    ['the level', { level: 'warning' }],
    ['an incident', { incidentId: '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d' }],
    ['another verdict', { finding: { ...finding, verdict: 'busy' } }],
    ['much less confidence', { finding: { ...finding, confidence: finding.confidence - 0.2 } }],
    ['the endpoint', { subject: { ...subject, endpoint: { address: null, port: 1 } } }],
    ['the processes', { processes: [] }],
    ['another slope', { slopePerHour: 20 }],
    ['a time left where there was one', { timeLeftSeconds: null }],
    ['a much greater age', { oldestSeconds: 600 }],
  ])('is %s', (_what, changed) => {
    expect(same(changed)).toBe(false);
  });

  it('is neither that they are older nor that the same is said in other numbers', () => {
    const reason = { key: 'reason.persists', parameters: { oldestMs: 314_354 } };
    expect(
      same({
        oldestSeconds: 314.354,
        slopePerHour: 12.4,
        timeLeftSeconds: 290_000,
        finding: { ...finding, confidence: 0.96, for: [reason] },
      }),
    ).toBe(true);
  });

  it('is one that came, and one that went', () => {
    expect(sameLeaks([leak], [leak, leak])).toBe(false);
    expect(sameLeaks([leak], [])).toBe(false);
  });
});
