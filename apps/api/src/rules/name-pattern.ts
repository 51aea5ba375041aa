import safeRegex from 'safe-regex2';

/** What a rule is about: names of hosts, executables, units or containers. */
export interface NamePattern {
  /** As it stands in the file. */
  readonly text: string;
  matches(name: string): boolean;
}

/** Longest pattern, and how much of a name is looked at: a host name has 253 characters at most. */
const LONGEST = 256;
/** Each one more multiplies the time that a name can take by its length. */
const MOST_REPETITIONS = 3;
const HINT = 'such an expression can take for ever on some names';

/**
 * A pattern for whole names: `web-*` with `*` for any characters and `?` for one, or an expression between slashes,
 * `/(checkout|cart)-\d+/` (`/.../i` where case is nothing). Throws an Error that says what is wrong with it.
 */
export function namePattern(text: string): NamePattern {
  if (text === '') throw new Error('is empty');
  if (text.length > LONGEST) throw new Error(`is longer than ${LONGEST} characters`);
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/su.exec(text) ?? [];
  if (source === undefined) return { text, matches: (name) => matchesGlob(text, name.slice(0, LONGEST)) };
  if (flags !== '' && flags !== 'i') throw new Error(`has the flags ${flags}; only i is known`);
  const expression = expressionOf(source, flags);
  return { text, matches: (name) => expression.test(name.slice(0, LONGEST)) };
}

function expressionOf(source: string, flags: string): RegExp {
  if (source === '') throw new Error('is empty');
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${source})$`, flags);
  } catch (error) {
    throw new Error(`is no regular expression: ${(error as Error).message}`, { cause: error });
  }
  const reason = backtracking(source);
  if (reason !== undefined) throw new Error(reason);
  return expression;
}

/** Why an expression may backtrack without end on some name; undefined: it does not. */
function backtracking(source: string): string | undefined {
  if (/\\(?:[1-9]|k<)/.test(source)) return `refers back to a group, and ${HINT}`;
  if (!safeRegex(source)) return `repeats what repeats, as in (a+)+, and ${HINT}`;
  const { repetitions, chooses } = repeatedParts(source);
  if (chooses) return `repeats a choice, as in (a|b)+, and ${HINT}; write [ab]+, or several patterns`;
  if (repetitions > MOST_REPETITIONS) return `has more than ${MOST_REPETITIONS} repetitions, and ${HINT}`;
  return undefined;
}

/** Repetitions of an expression that is one; `chooses`: a group with alternatives is repeated, which safe-regex2 lets pass. */
function repeatedParts(source: string): { repetitions: number; chooses: boolean } {
  // Escapes and classes are one character each to what follows.
  const plain = source.replace(/\\./gsu, 'x').replace(/\[[^\]]*\]/gu, 'x');
  const groups: boolean[] = [];
  let repetitions = 0;
  let chooses = false;
  for (let index = 0; index < plain.length; index++) {
    const repeated = /^(?:[*+]|\{\d+(?:,\d*)?\})/.test(plain.slice(index + 1));
    if (repeated) repetitions++;
    if (plain[index] === '(') groups.push(false);
    if (plain[index] === '|' && groups.length > 0) groups[groups.length - 1] = true;
    if (plain[index] !== ')') continue;
    const chosen = groups.pop() ?? false;
    chooses ||= chosen && repeated;
    // A choice within a group that is repeated from farther out is repeated too.
    if (chosen && groups.length > 0) groups[groups.length - 1] = true;
  }
  return { repetitions, chooses };
}

/** In time that grows with both lengths at most: of several stars only the last one is ever tried again. */
function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let starredUntil = 0;
  while (at < name.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++;
      starredUntil = at;
    } else if (inGlob < glob.length && (glob[inGlob] === '?' || glob[inGlob] === name[at])) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++starredUntil;
    } else return false;
  }
  return /^\**$/.test(glob.slice(inGlob));
}
