const SECRET_NAME = /(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?|auth)$/i;
const MASK = '***';

/**
 * A command line fit for other eyes: arguments joined by spaces, with what looks like a secret replaced by `***`:
 * `--password=X`, `--token X`, `PASSWORD=X`, `Bearer X`, `scheme://user:X@host`.
 */
export function maskedCommand(words: readonly string[]): string {
  const masked: string[] = [];
  let secretFollows = false;
  for (const word of words) {
    masked.push(secretFollows && !word.startsWith('-') ? MASK : maskedWord(word));
    secretFollows = /^--?[\w-]+$/.test(word) && SECRET_NAME.test(word);
  }
  return masked.join(' ');
}

function maskedWord(word: string): string {
  return word
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${MASK}@`)
    .replace(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${MASK}`)
    .replace(/([\w.-]+)=([^\s&;,]+)/g, (assignment: string, name: string) =>
      SECRET_NAME.test(name) ? `${name}=${MASK}` : assignment,
    );
}
