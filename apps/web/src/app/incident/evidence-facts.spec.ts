import { factsOf } from './evidence-facts.ts';

const lines = (content: unknown) => factsOf(content).map(({ name, depth, value }) => [depth, name, value]);

describe('factsOf', () => {
  it('tells what was gathered line by line, what lies deeper below its name', () => {
    expect(lines({ cpu: { someAvg10: 12.5, fullAvg10: null }, listeners: [{ port: 80 }] })).toEqual([
      [0, 'cpu', null],
      [1, 'someAvg10', 12.5],
      [0, 'listeners', null],
      [1, '1', null],
      [2, 'port', 80],
    ]);
  });

  it('has nothing to tell of nothing, and an end', () => {
    expect(lines(null)).toEqual([]);
    expect(lines({ a: null })).toEqual([]);
    expect(factsOf(Array.from({ length: 5_000 }, (_, index) => index))).toHaveLength(80);
  });
});
