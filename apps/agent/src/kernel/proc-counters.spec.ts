import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countersIn } from './proc-counters.ts';

const NETSTAT = `TcpExt: SyncookiesSent TW TWRecycled ListenDrops
TcpExt: 3 123369 27 0
IpExt: InNoRoutes InTruncatedPkts
IpExt: 0 5
`;
const NAMES = ['TW', 'TWRecycled', 'ListenDrops'] as const;

describe('counters of /proc/net/netstat and snmp', () => {
  it('stand under their names', () => {
    expect(countersIn(NETSTAT, 'TcpExt', NAMES)).toEqual(
      new Map([
        ['TW', 123_369],
        ['TWRecycled', 27],
        ['ListenDrops', 0],
      ]),
    );
    expect(countersIn(NETSTAT, 'IpExt', ['InTruncatedPkts'])).toEqual(new Map([['InTruncatedPkts', 5]]));
  });

  it('are those of the section asked for, whatever else begins alike', () => {
    const snmp = 'TcpExt: TW\nTcpExt: 1\nTcp: MaxConn ActiveOpens\nTcp: -1 9\n';
    expect(countersIn(snmp, 'Tcp', ['ActiveOpens', 'MaxConn'])).toEqual(new Map([['ActiveOpens', 9]]));
  });

  it('of a kernel that lacks some are the others', () => {
    const old = 'TcpExt: SyncookiesSent TW\nTcpExt: 3 7\n';
    expect(countersIn(old, 'TcpExt', NAMES)).toEqual(new Map([['TW', 7]]));
  });

  it('are none where the section is missing or its lines do not match', () => {
    expect(countersIn('', 'TcpExt', NAMES)).toBeUndefined();
    expect(countersIn('IpExt: A\nIpExt: 1\n', 'TcpExt', NAMES)).toBeUndefined();
    expect(countersIn('TcpExt: TW TWKilled\nTcpExt: 1\n', 'TcpExt', NAMES)).toBeUndefined();
    expect(countersIn('TcpExt: TW\nIpExt: 1\n', 'TcpExt', NAMES)).toBeUndefined();
    expect(countersIn('TcpExt: TW\n', 'TcpExt', NAMES)).toBeUndefined();
  });

  it('leave out what is no number that can be held exactly', () => {
    const odd = 'TcpExt: TW TWRecycled ListenDrops\nTcpExt: 12x 9007199254740992 9007199254740991\n';
    expect(countersIn(odd, 'TcpExt', NAMES)).toEqual(new Map([['ListenDrops', 9_007_199_254_740_991]]));
  });

  it('are right or not told, wherever the text is cut', () => {
    const whole = countersIn(NETSTAT, 'TcpExt', NAMES);
    for (let cut = 0; cut <= NETSTAT.length; cut++) {
      const found = countersIn(NETSTAT.slice(0, cut), 'TcpExt', NAMES);
      if (found !== undefined) expect({ cut, found }).toEqual({ cut, found: whole });
    }
  });

  it('are whole numbers, whatever the text', () => {
    const word = fc.oneof(fc.constantFrom('TcpExt:', 'TW', 'TWRecycled', '\n', ' '), fc.string(), fc.nat().map(String));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        for (const value of countersIn(words.join(' '), 'TcpExt', NAMES)?.values() ?? []) {
          expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
        }
      }),
    );
  });
});
