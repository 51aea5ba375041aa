import { describe, expect, it } from '@jest/globals';
import { type CpuRate } from './cpu-rates.ts';
import { ThreadChoice } from './thread-choice.ts';
import { type ThreadLook } from './thread-look.ts';

const tids = (many: number): number[] => Array.from({ length: many }, (_, index) => 100 + index);

function look(tid: number, state = 'S'): ThreadLook {
  return { tid, at: 0, startTicks: 1, name: 't', state, wchan: null, syscall: null, schedule: undefined };
}

describe('the choice of threads', () => {
  it('is all of them where they are few', () => {
    expect(new ThreadChoice().choose(tids(8), 8)).toEqual(tids(8));
  });

  it('comes to every thread in time, each in two looks that follow each other, and to the first one always', () => {
    const choice = new ThreadChoice();
    const looks = Array.from({ length: 200 }, () => new Set(choice.choose(tids(1_000), 16)));
    for (const chosen of looks) expect(chosen.size).toBe(16);
    for (const tid of tids(1_000)) {
      expect(looks.some((chosen, index) => chosen.has(tid) && looks[index + 1]?.has(tid) === true)).toBe(true);
    }
    expect(looks.every((chosen) => chosen.has(100))).toBe(true);
  });

  it('stays with those at work, and leaves half of the looks to the others', () => {
    const choice = new ThreadChoice();
    const rates = new Map<number, CpuRate>(tids(40).map((tid) => [tid + 500, { run: 0, wait: 900 }]));
    choice.learn(
      [...rates.keys()].map((tid) => look(tid)),
      rates,
    );
    const chosen = choice.choose(tids(1_000), 16);
    expect(chosen.filter((tid) => rates.has(tid))).toHaveLength(7);
    expect(chosen).toHaveLength(16);
  });

  it('counts running and uninterruptible threads among those at work, and forgets who ended', () => {
    const choice = new ThreadChoice();
    choice.learn([look(700, 'R'), look(701, 'D'), look(702, 'S'), look(5_000, 'R')], new Map());
    const chosen = choice.choose(tids(1_000), 8);
    expect(chosen).toEqual(expect.arrayContaining([100, 700, 701]));
    expect(chosen).not.toContain(702);
    expect(chosen).not.toContain(5_000);
  });

  it('holds when threads vanish between looks', () => {
    const choice = new ThreadChoice();
    for (const many of [1_000, 10, 500, 0, 1, 17]) {
      const chosen = choice.choose(tids(many), 16);
      expect(new Set(chosen).size).toBe(Math.min(many, 16));
    }
  });
});
