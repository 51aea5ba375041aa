import { describe, expect, it } from '@jest/globals';
import { scheduleIn, wchanIn } from './thread-look.ts';

describe('schedstat', () => {
  it('tells nanoseconds on a CPU and waiting for one', () => {
    expect(scheduleIn('377872336 1126786597 101\n')).toEqual({ runNs: 377_872_336, waitNs: 1_126_786_597 });
  });

  it.each(['0 0 0\n', '', '1 2', '1 2 x\n', '-1 2 3\n', '1.5 2 3\n'])('tells nothing in %j', (text) => {
    expect(scheduleIn(text)).toBeUndefined();
  });
});

describe('wchan', () => {
  it.each([
    ['futex_do_wait', 'futex_do_wait'],
    ['poll_schedule_timeout.constprop.0', 'poll_schedule_timeout'],
    ['__x64_sys_pause', '__x64_sys_pause'],
    ['0', null],
    ['', null],
    ['\0\0', null],
    ['a'.repeat(500), 'a'.repeat(64)],
  ])('%j is %j', (text, wchan) => expect(wchanIn(text)).toBe(wchan));
});
