import { type Language, type Words } from '../language.ts';
import { EN } from './en.ts';
import { ZH_HANS } from './zh-hans.ts';

export const REPORT_WORDS: Readonly<Record<Language, Words>> = { en: EN, 'zh-Hans': ZH_HANS };
