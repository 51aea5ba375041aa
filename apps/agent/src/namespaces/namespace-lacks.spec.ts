import { describe, expect, it } from '@jest/globals';
import { lacksOf } from './namespace-lacks.ts';

const NOTHING = {
  followed: [],
  unopened: [],
  tooMany: 0,
  general: ['CAP_SYS_ADMIN: ...', undefined],
  trouble: undefined,
};

function followed(name: string, ...missing: string[]) {
  return { namespace: { inode: 1, name }, missing };
}

describe('what is missing of other namespaces', () => {
  it('is nothing where there are none, whatever capability is lacking', () => {
    expect(lacksOf(NOTHING)).toEqual([]);
    expect(lacksOf({ ...NOTHING, trouble: 'they cannot be looked for' })).toEqual(['they cannot be looked for']);
  });

  it('names one, and counts those that lack the same', () => {
    const all = [followed('web', 'no IPv6'), followed('db', 'setns: EPERM'), followed('cache', 'setns: EPERM')];
    expect(lacksOf({ ...NOTHING, followed: all })).toEqual([
      'CAP_SYS_ADMIN: ...',
      'network namespace web: no IPv6',
      '2 other network namespaces: setns: EPERM',
    ]);
  });

  it('stays short, however many there are', () => {
    const unopened = Array.from({ length: 30 }, (_, index) => `network namespace ${index}: gone`);
    const all = Array.from({ length: 64 }, (_, index) => followed(String(index)));
    const lacks = lacksOf({ ...NOTHING, followed: all, unopened, tooMany: 12 });
    expect(lacks).toHaveLength(7);
    expect(lacks.slice(-2)).toEqual([
      '26 more network namespaces cannot be opened',
      '12 of 106 other network namespaces: an agent follows 64 at most',
    ]);
  });
});
