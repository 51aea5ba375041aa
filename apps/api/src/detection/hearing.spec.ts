import { describe, expect, it } from '@jest/globals';
import { Hearing } from './hearing.ts';

describe('Hearing', () => {
  it('goes on through long rounds and the long pauses after them', () => {
    const hearing = new Hearing();
    let at = 0;
    for (let round = 0; round < 5; round++) {
      hearing.begins(at);
      at += 45_000;
      hearing.ends(at);
      hearing.pauses(45_000);
      at += 45_000;
    }
    hearing.begins(at);
    expect(hearing.heardMs(at)).toBe(at);
  });

  it('begins anew after a time without rounds that nobody meant', () => {
    const hearing = new Hearing();
    hearing.begins(0);
    hearing.ends(1_000);
    hearing.pauses(2_000);
    hearing.begins(40_000);
    expect(hearing.heardMs(50_000)).toBe(10_000);
  });

  it('begins anew after rounds that failed', () => {
    const hearing = new Hearing();
    hearing.begins(0);
    hearing.ends(1_000);
    for (let at = 3_000; at <= 60_000; at += 5_000) {
      hearing.begins(at);
      hearing.pauses(5_000);
    }
    hearing.begins(61_000);
    expect(hearing.heardMs(61_000)).toBeLessThan(30_000);
  });
});
