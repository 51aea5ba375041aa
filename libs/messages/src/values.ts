import { type Language } from './language.ts';

/** What a phrase names: numbers and texts as the domain gives them. Names carry their unit: `ageSeconds`, `usedShare`. */
export type PhraseParameters = Readonly<Record<string, string | number>>;

const UNITS: Readonly<Record<Language, Readonly<Record<'day' | 'hour' | 'minute' | 'second', string>>>> = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
  'zh-Hans': { day: '天', hour: '小时', minute: '分钟', second: '秒' },
};
const AGO: Readonly<Record<Language, readonly [now: string, after: string]>> = {
  en: ['just now', ' ago'],
  'zh-Hans': ['刚刚', '前'],
};
const UNDER_A_SECOND: Readonly<Record<Language, string>> = { en: 'less than 1 s', 'zh-Hans': '不到 1 秒' };
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;
/** From so many of the larger unit on the smaller one is not told. */
const ENOUGH = 10;

/** Names whose numbers only tell apart: nobody groups their digits. */
const IDENTIFIERS = /^(pid|port|localPort|peerPort)$/;

const wholes = formats({ maximumFractionDigits: 0 });
const fractions = formats({ maximumSignificantDigits: 3 });
const percents = formats({ style: 'percent', maximumFractionDigits: 0 });
const smallPercents = formats({ style: 'percent', maximumFractionDigits: 1 });

/**
 * A parameter as one reads it: `...Ms` and `...Seconds` are durations, `...AgoMs` how long ago, `...Share` percent;
 * of other numbers the digits are grouped.
 */
export function valueText(language: Language, name: string, value: string | number): string {
  if (typeof value === 'string') return name === 'state' ? value.toUpperCase() : value;
  if (IDENTIFIERS.test(name)) return String(value);
  if (/agoMs$/i.test(name)) return agoText(language, value / 1_000);
  if (name.endsWith('Ms')) return durationText(language, value / 1_000);
  if (name.endsWith('Seconds')) return durationText(language, value);
  if (name.endsWith('Share')) return (Math.abs(value) < 0.1 ? smallPercents : percents)(language).format(value);
  return numberText(language, value);
}

export function numberText(language: Language, value: number): string {
  return (Number.isInteger(value) || Math.abs(value) >= 1_000 ? wholes : fractions)(language).format(value);
}

/** `45 s`, `4 min 5 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. Fractions are cut off. */
function durationText(language: Language, seconds: number): string {
  if (seconds > 0 && seconds < 1) return UNDER_A_SECOND[language];
  const units = UNITS[language];
  const whole = Math.floor(Math.abs(seconds));
  const index = Math.max(
    STEPS.findIndex(([, size]) => whole >= size),
    whole === 0 ? STEPS.length - 1 : 0,
  );
  const [unit, size] = STEPS[index] ?? ['second', 1];
  const many = Math.floor(whole / size);
  const text = `${seconds < 0 ? '-' : ''}${numberText(language, many)} ${units[unit]}`;
  const [smaller, smallSize] = STEPS[index + 1] ?? [];
  if (smaller === undefined || smallSize === undefined || many >= ENOUGH) return text;
  const rest = Math.floor((whole - many * size) / smallSize);
  return rest === 0 ? text : `${text} ${rest} ${units[smaller]}`;
}

function agoText(language: Language, seconds: number): string {
  const [now, after] = AGO[language];
  return seconds < 1 ? now : `${durationText(language, seconds)}${after}`;
}

/** One format for each language, made when it is asked for. */
function formats(options: Intl.NumberFormatOptions): (language: Language) => Intl.NumberFormat {
  const made = new Map<Language, Intl.NumberFormat>();
  return (language) => {
    let format = made.get(language);
    if (format === undefined) made.set(language, (format = new Intl.NumberFormat(language, options)));
    return format;
  };
}
