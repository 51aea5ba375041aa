import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT } from './exit-codes.ts';
import { HELP } from './help.ts';

const APP = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(APP, path), 'utf8');
/** As mdoc(7) writes an option: `Fl -json`. */
const MANUAL = read('closewatch-agent.1').replaceAll('Fl -', '--');

const within = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? '')),
];
const commands = within(read('src/commands/command-line.ts'), /readonly command: '(\w+)'/g).filter(
  (name) => name !== 'help' && name !== 'version',
);
const options = within(read('src/commands/command-line.ts'), /^ {2}'?([a-z-]+)'?: \{ type:/gm);
const variables = within(read('src/environment.ts'), /'(CLOSEWATCH_[A-Z_]+)'/g);

describe('--help and the manual page', () => {
  it('are held against all there is to tell', () => {
    expect(commands.toSorted()).toEqual(['counts', 'doctor', 'leaks', 'run', 'watch']);
    expect(options).toContain('min-age');
    expect(variables).toEqual(expect.arrayContaining(['CLOSEWATCH_SERVER', 'CLOSEWATCH_TOKEN_FILE']));
  });

  it.each(commands)('tell of the command %s', (command) => {
    expect(HELP).toContain(`closewatch-agent ${command}`);
    expect(MANUAL).toContain(`.It Cm ${command}\n`);
  });

  it.each(options)('tell of the option --%s', (option) => {
    expect(HELP).toMatch(new RegExp(`--${option}\\b`));
    expect(MANUAL).toMatch(new RegExp(`^\\.It .*--${option}\\b`, 'm'));
  });

  it.each(variables)('tell of the variable %s', (variable) => {
    expect(HELP).toContain(variable);
    expect(MANUAL).toContain(`Ev ${variable}`);
  });

  it.each(Object.values(EXIT))('tell of the exit code %d', (code) => {
    expect(HELP).toMatch(new RegExp(`Exit codes:.*\\b${code} `, 's'));
    expect(MANUAL).toContain(`.It ${code}\n`);
  });
});
