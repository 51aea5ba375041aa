import { describe, expect, it } from '@jest/globals';
import { UsageError, parseCommandLine } from './command-line.ts';

const parse = (line: string) => parseCommandLine(line.split(' ').filter((word) => word !== ''));

describe('the command line', () => {
  it.each([
    ['--help', { command: 'help' }],
    ['leaks -h', { command: 'help' }],
    ['-v', { command: 'version' }],
    ['run', { command: 'run', source: undefined }],
    ['run --source procfs', { command: 'run', source: 'procfs' }],
    ['counts --json', { command: 'counts', source: undefined, json: true }],
    [
      'leaks',
      {
        command: 'leaks',
        source: undefined,
        json: false,
        connections: false,
        check: false,
        minAgeSeconds: 60,
        language: undefined,
      },
    ],
    [
      'leaks --connections --check --min-age 5m --json --language zh-Hans',
      {
        command: 'leaks',
        source: undefined,
        json: true,
        connections: true,
        check: true,
        minAgeSeconds: 300,
        language: 'zh-Hans',
      },
    ],
    [
      'watch',
      { command: 'watch', source: undefined, json: false, intervalMs: 2_000, count: null, language: undefined },
    ],
    [
      'watch --interval 500ms --count 3 --language en',
      { command: 'watch', source: undefined, json: false, intervalMs: 500, count: 3, language: 'en' },
    ],
    ['doctor --json', { command: 'doctor', json: true }],
  ])('"%s" is understood', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it.each([
    ['', 'name a command: run, counts, leaks, watch and doctor (see --help)'],
    ['dance', 'there is no command "dance"; there are run, counts, leaks, watch and doctor (see --help)'],
    ['counts now please', '"now please" means nothing after counts (see --help)'],
    ['run --json', '--json goes with counts, leaks, watch and doctor, not with run (see --help)'],
    ['counts --check', '--check goes with leaks, not with counts (see --help)'],
    ['leaks --source ebpf', '--source is netlink or procfs, not "ebpf"'],
    ['leaks --min-age soon', '--min-age is a duration such as 30s, 5m or 2h, not "soon"'],
    ['leaks --language fr', '--language is en or zh-Hans, not "fr"'],
    ['counts --language en', '--language goes with leaks and watch, not with counts (see --help)'],
    ['watch --interval 10ms', '--interval is 500ms to 1h, not "10ms"'],
    ['watch --count 0', '--count is a number of looks, 1 or more, not "0"'],
  ])('"%s" is refused, with what would do', (line, message) => {
    expect(() => parse(line)).toThrow(new UsageError(message));
  });

  it('refuses an option that it does not know', () => {
    expect(() => parse('leaks --colour')).toThrow(/--colour.*\(see --help\)/);
  });
});
