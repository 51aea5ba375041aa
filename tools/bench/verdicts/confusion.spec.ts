import { expect, it } from '@jest/globals';
import { confusionMatrix } from './confusion.ts';

it('has a row for what is, and a column for what it was taken for', () => {
  const judgements = [
    { expected: 'busy', judged: 'busy' },
    { expected: 'busy', judged: 'stopped' },
    { expected: 'busy', judged: 'busy' },
  ];
  expect(confusionMatrix(judgements)).toBe(
    ['| is \\ judged | busy | stopped |', '| ----------- | ---: | ------: |', '| busy        |    2 |       1 |'].join(
      '\n',
    ),
  );
});
