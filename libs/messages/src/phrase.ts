import { type Language } from './language.ts';
import { numberText, valueText, type PhraseParameters } from './values.ts';
import { WORDS } from './words.ts';

/** Names whose text values are keys themselves: `verdict: 'busy'` is said by the words of `verdict.busy`. */
const NAMED_BY_KEYS = new Set(['verdict', 'level', 'rule']);

const OPTIONAL = /\[([^[\]]*)\]/g;
const PLACEHOLDER = /\{(\w+)(?:([|~])([^|{}]*)\|([^|{}]*))?\}/g;

/** Whether there are words for it. */
export function hasPhrase(language: Language, key: string): boolean {
  return Object.hasOwn(WORDS[language], key);
}

/**
 * The words of a key with its parameters put in, as plain text: whoever shows it as HTML or Markdown escapes it. A key
 * that is not known, of a newer server, is its own text; a parameter that is not there is `?`.
 */
export function phrase(language: Language, key: string, parameters: PhraseParameters = {}): string {
  const text = textOf(language, key, parameters);
  if (text === undefined) return key;
  const isKnown = (placeholder: RegExpMatchArray): boolean => Object.hasOwn(parameters, placeholder[1] ?? '');
  return text
    .replaceAll(OPTIONAL, (_all, part: string) => ([...part.matchAll(PLACEHOLDER)].every(isKnown) ? part : ''))
    .replaceAll(PLACEHOLDER, (_all, name: string, kind?: string, one?: string, other?: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (value === undefined) return '?';
      if (kind === undefined) return worded(language, name, value);
      const form = (value === 1 ? one : other) ?? '';
      return kind === '~' ? form : `${typeof value === 'number' ? numberText(language, value) : value} ${form}`;
    });
}

function textOf(language: Language, key: string, { direction }: PhraseParameters): string | undefined {
  const words = WORDS[language];
  const variant = `${key}.${direction}`;
  if (direction !== undefined && Object.hasOwn(words, variant)) return words[variant];
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

function worded(language: Language, name: string, value: string | number): string {
  const key = `${name}.${value}`;
  return NAMED_BY_KEYS.has(name) && hasPhrase(language, key) ? phrase(language, key) : valueText(language, name, value);
}
