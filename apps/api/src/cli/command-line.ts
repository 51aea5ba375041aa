/** What the command line asks for. */
export type Command = { readonly name: 'rules check'; readonly file: string } | { readonly name: 'help' };

export const USAGE = `Usage:
  closewatch rules check FILE   see whether the server would take a rules file; changes nothing

Exit code 0: it would; 1: it would not, and standard error says why, FILE:LINE:COLUMN: what; 2: the command line makes no
sense. What a rules file may say is in docs/rules.md.
`;

/** A command line that makes no sense. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}\n\n${USAGE.trimEnd()}`);
    this.name = 'UsageError';
  }
}

/** Reads the words after the program's name. Throws {@link UsageError}. */
export function readCommandLine(words: readonly string[]): Command {
  if (words.some((word) => word === '--help' || word === '-h') || words[0] === 'help') return { name: 'help' };
  const [topic, verb, file, ...more] = words;
  if (topic !== 'rules') throw new UsageError(`Say rules check FILE, not ${topic ?? 'nothing'}.`);
  if (verb !== 'check') throw new UsageError(`rules knows check, not ${verb ?? 'nothing'}.`);
  if (file === undefined || file === '' || file.startsWith('-') || more.length > 0) {
    throw new UsageError('rules check takes one file.');
  }
  return { name: 'rules check', file };
}
