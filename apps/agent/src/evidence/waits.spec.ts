import { expect, it } from '@jest/globals';
import { ThreadWaitSchema } from '@closewatch/protocol';
import { type ThreadLook } from './thread-look.ts';
import { waitsOf } from './waits.ts';

function look(state: string, wchan: string | null, syscall: string | null): ThreadLook {
  return { tid: 1, at: 0, startTicks: 1, name: 't', state, wchan, syscall, schedule: undefined };
}

it('counts threads together that do the same, most of them first', () => {
  const futex = look('S', 'futex_do_wait', 'futex');
  expect(waitsOf([look('R', null, null), futex, futex, look('T', 'do_signal_stop', 'futex'), futex])).toEqual([
    { state: 'S', wchan: 'futex_do_wait', syscall: 'futex', threads: 3 },
    { state: 'R', wchan: null, syscall: null, threads: 1 },
    { state: 'T', wchan: 'do_signal_stop', syscall: 'futex', threads: 1 },
  ]);
});

it('tells no more groups than the server takes', () => {
  const waits = waitsOf(Array.from({ length: 40 }, (_, index) => look('S', `function_${index}`, null)));
  expect(waits).toHaveLength(32);
  expect(ThreadWaitSchema.array().max(32).parse(waits)).toEqual(waits);
});
