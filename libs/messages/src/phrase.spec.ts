import { expect, it } from '@jest/globals';
import { LANGUAGES } from './index.ts';

it('is told in English and in Simplified Chinese', () => {
  expect(LANGUAGES).toEqual(['en', 'zh-Hans']);
});
