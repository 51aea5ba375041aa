export { LANGUAGES, type Language, type PhraseParameters } from './phrase.ts';
