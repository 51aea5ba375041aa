/** What the command line asks for. */
export type Command =
  | { readonly name: 'backup'; readonly file: string }
  | { readonly name: 'restore'; readonly file: string; readonly replace: boolean }
  | { readonly name: 'check'; readonly file: string }
  | { readonly name: 'help' };

export const USAGE = `Usage:
  npm run backup -- FILE              write the database and the agents' token into one file
  npm run restore -- FILE             put them back into an empty database
  npm run restore -- --replace FILE   the same, in place of what the database has
  npm run restore -- --check FILE     only see whether the file is whole

The database is the server's: set CLOSEWATCH_DATA or DATABASE_URL as for the server. A backup may run while the server
does; a restore may not. More in docs/backup.md.
`;

/** A command line that makes no sense. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}\n\n${USAGE.trimEnd()}`);
    this.name = 'UsageError';
  }
}

/** Reads the words after the program's name. Throws {@link UsageError}. */
export function readArguments(words: readonly string[]): Command {
  const [name, ...rest] = words;
  const options = new Set(rest.filter((word) => word.startsWith('-')));
  const files = rest.filter((word) => !word.startsWith('-'));
  if (name === '--help' || options.has('--help') || options.has('-h')) return { name: 'help' };
  if (name !== 'backup' && name !== 'restore') throw new UsageError(`Say backup or restore, not ${name ?? 'nothing'}.`);
  const known = name === 'restore' ? ['--replace', '--check'] : [];
  const unknown = [...options].find((option) => !known.includes(option));
  if (unknown !== undefined) throw new UsageError(`${name} has no option ${unknown}.`);
  const [file] = files;
  if (file === undefined || file === '' || files.length > 1) throw new UsageError(`${name} takes one file.`);
  if (name === 'backup') return { name, file };
  if (options.has('--check')) {
    if (options.has('--replace')) throw new UsageError('--check changes nothing, and --replace does: say one of them.');
    return { name: 'check', file };
  }
  return { name, file, replace: options.has('--replace') };
}
