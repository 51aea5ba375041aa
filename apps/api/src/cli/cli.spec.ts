import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const PROGRAM = join(process.env.CLOSEWATCH_TEST_PROGRAMS ?? '', 'cli.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'rules.yaml');
  writeFileSync(path, text);
  return path;
}

/** Runs `closewatch` to its end, without any environment. */
function closewatch(...words: string[]): { code: number | null; out: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { env: {}, encoding: 'utf8' });
  return { code: status, out: stdout, errors: stderr };
}

describe('closewatch rules check', () => {
  it('says what a file that would be taken says, and ends with 0', () => {
    const path = file('thresholds: { host_silent: { silent: 2m } }\nignore: [{ rule: clock_skew }]');
    const out = `${path}: fine (1 threshold changed, 0 services, 0 bounds on states, 1 thing ignored)\n`;
    expect(closewatch('rules', 'check', path)).toEqual({ code: 0, out, errors: '' });
  });

  it('says line, column and reason of every fault as compilers do, and ends with 1', () => {
    const path = file('thresholds:\n  host_silent: { silent: -2m }\nservices:\n  - match: /(a+)+/\n');
    const { code, out, errors } = closewatch('rules', 'check', path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(errors.split('\n')).toEqual([
      expect.stringMatching(`^${path}:2:26: thresholds.host_silent.silent must be a duration above zero`),
      expect.stringMatching(`^${path}:4:12: services.0.match repeats what repeats`),
      '',
    ]);
  });

  it('ends with 1 for a file that is not there', () => {
    const { code, errors } = closewatch('rules', 'check', join(folder, 'nowhere'));
    expect({ code, errors }).toEqual({ code: 1, errors: `${join(folder, 'nowhere')}: cannot be read (ENOENT)\n` });
  });
});

describe('closewatch', () => {
  it.each([[], ['rules'], ['rules', 'mend', 'x'], ['rules', 'check'], ['rules', 'check', 'a', 'b'], ['start']])(
    'ends with 2 and says how it is used for %j %j %j %j',
    (...words: string[]) => {
      const { code, errors } = closewatch(...words);
      expect(code).toBe(2);
      expect(errors).toContain('closewatch rules check FILE');
    },
  );

  it('helps', () => {
    expect(closewatch('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Exit code 0') });
  });
});
