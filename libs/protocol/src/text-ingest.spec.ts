import { expect, it } from '@jest/globals';
import { issuesOf } from './error.ts';
import { TextHostName, TextIngestAnswerSchema } from './text-ingest.ts';

it.each(['web-1', 'db-7.example', 'x', '10.0.0.7', 'köln_2', '主机-1'])('takes %s for the name of a host', (name) => {
  expect(TextHostName.parse(name)).toBe(name);
});

it.each(['', ' ', 'a b', '.a', 'a-', 'a/b', 'a\n', 'a\0', 'a'.repeat(254), '[::1]', '$(hostname)'])(
  'does not take %j for the name of a host',
  (name) => {
    const { error } = TextHostName.safeParse(name);

    expect(error === undefined ? [] : issuesOf(error).map(({ message }) => message)).not.toEqual([]);
  },
);

it('shows an answer that has its own shape', () => {
  const { example } = TextIngestAnswerSchema.meta() ?? {};

  expect(TextIngestAnswerSchema.parse(example)).toEqual(example);
});
