/** What a phrase names: numbers and texts as the domain gives them. Names carry their unit: `ageSeconds`, `usedShare`. */
export type PhraseParameters = Readonly<Record<string, string | number>>;

/** The languages that everything is told in. */
export const LANGUAGES = ['en', 'zh-Hans'] as const;
export type Language = (typeof LANGUAGES)[number];
