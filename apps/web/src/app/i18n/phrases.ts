import { Injectable, inject } from '@angular/core';
import { phrase, type PhraseParameters } from '@closewatch/messages';
import { LanguageChoice } from './language.ts';

/**
 * What Closewatch says of verdicts, reasons, advice, rules and incidents (libs/messages), in the chosen language. Reads the
 * language as a signal, so that a template that calls it follows the switch.
 */
@Injectable({ providedIn: 'root' })
export class Phrases {
  private readonly language = inject(LanguageChoice);

  say(key: string, parameters: PhraseParameters = {}): string {
    return phrase(this.language.current(), key, parameters);
  }
}
