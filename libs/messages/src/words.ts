import { DETECTION_WORDS } from './detection/words.ts';
import { FINDING_WORDS } from './findings/words.ts';
import { INCIDENT_WORDS } from './incidents/words.ts';
import { type Language, type Words } from './language.ts';
import { REASON_WORDS } from './reasons/words.ts';
import { REPORT_WORDS } from './report/words.ts';
import { RULE_WORDS } from './rules/words.ts';
import { TERMINAL_WORDS } from './terminal/words.ts';
import { VERDICT_WORDS } from './verdicts/words.ts';

function wordsIn(language: Language): Words {
  return {
    ...VERDICT_WORDS[language],
    ...FINDING_WORDS[language],
    ...REASON_WORDS[language],
    ...RULE_WORDS[language],
    ...DETECTION_WORDS[language],
    ...INCIDENT_WORDS[language],
    ...REPORT_WORDS[language],
    ...TERMINAL_WORDS[language],
  };
}

/** Every text by its key. */
export const WORDS: Readonly<Record<Language, Words>> = { en: wordsIn('en'), 'zh-Hans': wordsIn('zh-Hans') };
