import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../errors/api-error.ts';
import { answerFormat } from './answer-format.ts';

describe('answerFormat', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV; q=1', 'csv'],
    ['text/csv;header=present, application/json;q=0.9', 'csv'],
    ['application/json, text/csv;q=0.5', 'json'],
    ['text/csv;q=0', 'json'],
    ['text/*', 'json'],
    [', ;;q=', 'json'],
  ])('takes Accept: %s for %s', (accept, format) => {
    expect(answerFormat(undefined, accept)).toBe(format);
  });

  it('follows the parameter where there is one', () => {
    expect(answerFormat('json', 'text/csv')).toBe('json');
    expect(answerFormat('csv', 'application/json')).toBe('csv');
  });

  it.each(['xml', '', 'CSV', ['csv', 'csv'], {}])('refuses %j', (parameter) => {
    expect(() => answerFormat(parameter, 'text/csv')).toThrow(ApiError);
  });
});
