export { LANGUAGES, type Language } from './language.ts';
export { hasPhrase, phrase } from './phrase.ts';
export { type PhraseParameters } from './values.ts';
export { WORDS } from './words.ts';
