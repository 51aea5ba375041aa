import { type Language, type PhraseParameters, hasPhrase, phrase, valueText } from '@closewatch/messages';
import { type HeadlineParts, headlineParameters, type Incident } from '@closewatch/protocol';
import { type Reason } from '@closewatch/socket-states';
import { plain } from './markdown-text.ts';

/** Says things in one language, as Markdown of one line. */
export class ReportWords {
  constructor(private readonly language: Language) {}

  of(key: string, parameters?: PhraseParameters): string {
    return plain(phrase(this.language, key, parameters));
  }

  reason({ key, parameters }: Reason): string {
    return this.of(key, parameters);
  }

  headline(incident: HeadlineParts & Pick<Incident, 'rule'>): string {
    return this.of(`rule.${incident.rule}.sentence`, headlineParameters(incident));
  }

  /** A figure's name; one that a newer rule tells is called by its key. */
  figureName(figure: string): string {
    const key = `report.figure.${figure}`;
    return hasPhrase(this.language, key) ? this.of(key) : plain(figure);
  }

  /** A value in the unit that its name carries; nothing where it is not known. */
  value(name: string, value: number | string | null | undefined): string {
    return value === null || value === undefined ? '' : plain(valueText(this.language, name, value));
  }

  duration(milliseconds: number): string {
    return this.value('durationMs', milliseconds);
  }

  /** `2026-11-22 14:00:05`, UTC. */
  instant(at: string): string {
    return `${at.slice(0, 10)} ${at.slice(11, 19)}`;
  }
}
