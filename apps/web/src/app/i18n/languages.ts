/** A language of the page: `id` is its BCP 47 tag, which is also `<html lang>` and what Intl formats with. */
export interface Language {
  readonly id: 'en' | 'zh-Hans';
  /** Its name in itself. */
  readonly label: string;
}

export const LANGUAGES: readonly Language[] = [
  { id: 'en', label: 'English' },
  { id: 'zh-Hans', label: '简体中文' },
];

export type LanguageId = Language['id'];

export function isLanguageId(text: unknown): text is LanguageId {
  return LANGUAGES.some(({ id }) => id === text);
}

/** The first of a browser's preferred languages (`navigator.languages`) that we speak; English otherwise. */
export function preferredLanguage(preferences: readonly string[]): LanguageId {
  for (const preference of preferences) {
    const primary = preference.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-Hans';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
