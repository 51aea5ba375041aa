import type { Process } from '@closewatch/protocol';

/** The last part of a path: `/usr/bin/node` is `node`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

/** The words after the program's in its command line: which of many `node` or `java` this is. */
export function argumentsOf({ command, executable }: Pick<Process, 'command' | 'executable'>): string {
  const program = [executable, baseName(executable)].find((name) => command === name || command.startsWith(`${name} `));
  const space = command.indexOf(' ');
  return program === undefined ? (space < 0 ? '' : command.slice(space + 1)) : command.slice(program.length + 1);
}
