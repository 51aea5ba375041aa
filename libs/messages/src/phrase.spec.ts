import { describe, expect, it } from '@jest/globals';
import { LANGUAGES, WORDS, hasPhrase, phrase } from './index.ts';

const placeholdersOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name = '']) => name))].toSorted();

describe('the words', () => {
  it('are told in English and in Simplified Chinese', () => {
    expect(LANGUAGES).toEqual(['en', 'zh-Hans']);
    expect(Object.keys(WORDS.en).toSorted()).toEqual(Object.keys(WORDS['zh-Hans']).toSorted());
    expect(Object.keys(WORDS.en).length).toBeGreaterThan(100);
  });

  it.each(Object.keys(WORDS.en))('name the same in both languages: %s', (key) => {
    expect(placeholdersOf(WORDS['zh-Hans'][key] ?? '')).toEqual(placeholdersOf(WORDS.en[key] ?? ''));
  });

  it('leave no sign of the template behind', () => {
    for (const language of LANGUAGES) {
      for (const [key, text] of Object.entries(WORDS[language])) {
        const parameters = Object.fromEntries(placeholdersOf(text).map((name) => [name, 3]));
        expect(phrase(language, key, parameters)).not.toMatch(/[{}[\]|~?]|undefined|NaN/);
      }
    }
  });

  it('are no English sentences in the Chinese half', () => {
    const foreign = Object.entries(WORDS['zh-Hans']).filter(
      ([, text]) => !/\p{Script=Han}/u.test(text) && /[a-z]{2,} [a-z]{2,}/i.test(text.replaceAll(/\{\w+\}/g, '')),
    );
    expect(foreign).toEqual([]);
  });
});

describe('phrase', () => {
  it('puts numbers, shares and durations into the words of the language', () => {
    expect(phrase('en', 'reason.persists', { oldestMs: 3_725_000 })).toBe('in CLOSE_WAIT for 1 h 2 min');
    expect(phrase('zh-Hans', 'reason.persists', { oldestMs: 3_725_000 })).toBe('处于 CLOSE_WAIT 已 1 小时 2 分钟');
    expect(phrase('en', 'reason.runs', { runShare: 0.874 })).toBe('it uses 87% of a CPU');
    expect(phrase('en', 'reason.turnover', { opened: 12_345, closed: 1 })).toBe(
      '12,345 entered CLOSE_WAIT and 1 left it lately',
    );
  });

  it.each([
    [1, 'en', '1 retransmit in vain'],
    [2, 'en', '2 retransmits in vain'],
    [2, 'zh-Hans', '2 次重传无果'],
  ] as const)('counts %d in %s', (retries, language, text) => {
    expect(phrase(language, 'reason.retransmits', { retries })).toBe(text);
  });

  it('leaves out what is not known where the words allow it, and says ? where they do not', () => {
    const named = { service: 'checkout', used: 900, limit: 1024 };
    expect(phrase('en', 'rule.descriptors.sentence', { ...named, timeLeftMs: 600_000 })).toBe(
      'checkout runs out of descriptors: 900 of 1,024 in use, 10 min left',
    );
    expect(phrase('en', 'rule.descriptors.sentence', named)).toBe(
      'checkout runs out of descriptors: 900 of 1,024 in use',
    );
    expect(phrase('en', 'rule.descriptors.sentence', {})).toBe('? runs out of descriptors');
  });

  it('says where a leak goes by its direction', () => {
    const leak = { service: 'checkout-service', leaked: 412, port: 443 };
    expect(phrase('en', 'rule.leak.sentence', { ...leak, endpoint: '10.0.2.7:443', direction: 'outbound' })).toBe(
      'checkout-service leaks 412 connections to 10.0.2.7:443',
    );
    expect(phrase('en', 'rule.leak.sentence', { ...leak, endpoint: '*:8443', port: 8443, direction: 'inbound' })).toBe(
      'checkout-service leaks 412 connections on port 8443',
    );
    expect(phrase('zh-Hans', 'rule.leak.sentence', { ...leak, endpoint: '*:443', direction: 'unknown' })).toBe(
      'checkout-service 在 *:443 泄漏 412 条连接',
    );
  });

  it('names a verdict by its words, and a state as the kernel does', () => {
    expect(phrase('en', 'reason.process_stuck', { verdict: 'stopped' })).toBe('the process itself is held up: Stopped');
    expect(phrase('zh-Hans', 'reason.process_stuck', { verdict: 'of_tomorrow' })).toBe('进程本身受阻：of_tomorrow');
    expect(phrase('en', 'rule.threshold.sentence', { name: 'many', host: 'web-1', state: 'time_wait' })).toBe(
      'many: connections of web-1 in TIME_WAIT',
    );
  });

  it('does not read what is put in as a template', () => {
    expect(phrase('en', 'missing.other', { text: '{pid} [x] {n|a|b}' })).toBe('{pid} [x] {n|a|b}');
  });

  it('says a key that it does not know', () => {
    expect(phrase('en', 'reason.of_tomorrow', { count: 1 })).toBe('reason.of_tomorrow');
    expect(hasPhrase('en', 'reason.of_tomorrow')).toBe(false);
    expect(phrase('en', 'constructor')).toBe('constructor');
    expect(phrase('en', 'reason.persists', { oldestMs: 0 })).toBe('in CLOSE_WAIT for 0 s');
  });
});
