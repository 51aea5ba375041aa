/** The languages that everything is told in. */
export const LANGUAGES = ['en', 'zh-Hans'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Texts by their keys. In a text stand
 *
 * - `{name}`: a parameter, written as its name says (`values.ts`);
 * - `{count|socket|sockets}`: a number and the noun that goes with it, `{count~is|are}`: only the word;
 * - `[, {timeLeftMs} left]`: left out where a parameter in it is not known.
 *
 * `key.inbound` and `key.outbound` are said instead of `key` where the parameter `direction` says so.
 */
export type Words = Readonly<Record<string, string>>;
