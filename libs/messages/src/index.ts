export { LANGUAGES, type Language } from './language.ts';
export { hasPhrase, phrase } from './phrase.ts';
export { valueText, type PhraseParameters } from './values.ts';
export { WORDS } from './words.ts';
