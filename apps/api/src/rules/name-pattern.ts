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
/** Ways through its choices, `(a|b)` and `a?`, by the number of its repetitions: so many times as long can it take. */
const MOST_WAYS = [4_096, 4_096, 256, 8];
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
  const { repetitions, chooses, ways } = branchesOf(source);
  if (chooses) return `repeats a choice, as in (a|b)+, and ${HINT}; write [ab]+, or several patterns`;
  if (repetitions > MOST_REPETITIONS) return `has more than ${MOST_REPETITIONS} repetitions, and ${HINT}`;
  const most = MOST_WAYS[repetitions] ?? 1;
  if (ways > most) {
    return `has more than ${most} ways through its choices, (a|b) and a?, and ${HINT}; write several patterns`;
  }
  return undefined;
}

/**
 * Where an expression that is one may have to try again. `chooses`: a group with alternatives is repeated, which safe-regex2
 * lets pass. `ways`: how many there are through its alternatives and what may be left out.
 */
function branchesOf(source: string): { repetitions: number; chooses: boolean; ways: number } {
  // Escapes and classes are one character each to what follows, and so are numbers of times.
  const plain = source
    .replace(/\\./gsu, 'x')
    .replace(/\[[^\]]*\]/gu, 'x')
    .replace(/\{\d+(?:,\d*)?\}/gu, '*');
  let group = { chooses: false, others: 0, ways: 1 };
  const around: (typeof group)[] = [];
  let repetitions = 0;
  let chooses = false;
  for (const [index, character] of plain.split('').entries()) {
    const next = plain[index + 1];
    const isRepeated = next === '*' || next === '+';
    if (isRepeated) repetitions++;
    if (character === '(') {
      around.push(group);
      group = { chooses: false, others: 0, ways: 1 };
    } else if (character === '|') {
      group = { chooses: true, others: group.others + group.ways, ways: 1 };
    } else if (character === ')') {
      const { chooses: chose, others, ways } = group;
      chooses ||= chose && isRepeated;
      group = around.pop() ?? group;
      // A choice within a group that is repeated from farther out is repeated too.
      if (around.length > 0) group.chooses ||= chose;
      group.ways *= others + ways + (next === '?' ? 1 : 0);
    } else if (next === '?' && !'*+?'.includes(character)) {
      group.ways *= 2;
    }
  }
  return { repetitions, chooses, ways: group.others + group.ways };
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
