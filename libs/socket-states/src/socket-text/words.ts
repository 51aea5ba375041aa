/** The first words of a line, parted by blanks, and all that follows them. */
export interface Words {
  readonly words: readonly string[];
  readonly rest: string;
}

/** At most `count` words of a line, in linear time whatever the line. */
export function firstWords(line: string, count: number): Words {
  const words: string[] = [];
  let at = afterBlanks(line, 0);
  while (words.length < count && at < line.length) {
    let end = at;
    while (end < line.length && !isBlank(line.charCodeAt(end))) end++;
    words.push(line.slice(at, end));
    at = afterBlanks(line, end);
  }
  return { words, rest: line.slice(at).trimEnd() };
}

function afterBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** A queue or an inode as tools print it: decimal, at most 32 bits; undefined for anything else. */
export function wholeNumber(word: string | undefined): number | undefined {
  if (word === undefined || !/^\d{1,10}$/.test(word)) return undefined;
  const number = Number(word);
  return number <= 4_294_967_295 ? number : undefined;
}

/** The same text without the long line that it was cut from: an engine may keep the whole for the sake of a piece. */
export function standingAlone(piece: string): string {
  return ` ${piece}`.slice(1);
}
