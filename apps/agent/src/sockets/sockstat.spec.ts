import { describe, expect, it } from '@jest/globals';
import { timeWaitRecordsIn } from './sockstat.ts';

describe('sockstat', () => {
  it('tells the TIME_WAIT records of the TCP line', () => {
    expect(timeWaitRecordsIn('sockets: used 5\nTCP: inuse 1 orphan 0 tw 240000 alloc 1 mem 0\nUDP: tw 7\n')).toBe(
      240_000,
    );
  });

  it('tells nothing where there is nothing', () => {
    expect(timeWaitRecordsIn('TCP: inuse 1 orphan 0 alloc 1\nUDP: inuse 0 tw 7\n')).toBeUndefined();
    expect(timeWaitRecordsIn('')).toBeUndefined();
    expect(timeWaitRecordsIn(`TCP: inuse 1 tw ${'9'.repeat(400)} alloc 1\n`)).toBeUndefined();
  });
});
