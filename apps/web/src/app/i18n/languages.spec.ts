import { preferredLanguage } from './languages.ts';

describe('preferredLanguage', () => {
  it.each([
    [['zh-CN', 'en'], 'zh-Hans'],
    [['zh-Hant-TW'], 'zh-Hans'],
    [['en-GB', 'zh'], 'en'],
    [['de-CH', 'zh-CN', 'en'], 'zh-Hans'],
    [['fr'], 'en'],
    [[], 'en'],
  ] as const)('takes %j to %s', (preferences, language) => {
    expect(preferredLanguage(preferences)).toBe(language);
  });
});
