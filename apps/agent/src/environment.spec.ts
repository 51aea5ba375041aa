import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, languageIn, readEnvironment } from './environment.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-environment-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function faultsOf(variables: Record<string, string>): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('needs a token and nothing else', () => {
    expect(readEnvironment({ CLOSEWATCH_TOKEN: 't' })).toEqual({
      server: new URL('http://127.0.0.1:8640'),
      token: 't',
      tokenFile: undefined,
      intervalMs: 5_000,
      hostname: hostname(),
      dataFolder: './.data',
      outbox: { bytes: 64 * 2 ** 20, ageMs: 86_400_000 },
    });
  });

  it('takes the token from a file, without its line end', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'from-file\n');
    expect(readEnvironment({ CLOSEWATCH_TOKEN_FILE: file })).toMatchObject({ token: 'from-file', tokenFile: file });
  });

  it('takes an empty variable as unset', () => {
    expect(
      readEnvironment({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_TOKEN_FILE: '', CLOSEWATCH_INTERVAL: '' }),
    ).toMatchObject({
      token: 't',
      intervalMs: 5_000,
    });
  });

  it.each([
    ['1s', 1_000],
    ['5s', 5_000],
    ['1500ms', 1_500],
    ['1m', 60_000],
    ['5m', 300_000],
  ])('reads the interval %s', (text, intervalMs) => {
    expect(readEnvironment({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_INTERVAL: text }).intervalMs).toBe(intervalMs);
  });

  it.each(['500ms', '0s', '6m', '5', 'fast', '1.5s', '-5s', '5 s', '99999999999999s'])(
    'refuses the interval %s',
    (text) => {
      expect(faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_INTERVAL: text })).toEqual([
        expect.stringContaining(`CLOSEWATCH_INTERVAL: "${text}"`),
      ]);
    },
  );

  it.each([
    ['1M', '1m', 2 ** 20, 60_000],
    ['2048K', '90m', 2 ** 21, 5_400_000],
    ['2G', '30d', 2 ** 31, 2_592_000_000],
  ])('reads the bounds of the outbox %s and %s', (size, age, bytes, ageMs) => {
    const variables = { CLOSEWATCH_TOKEN: 't', CLOSEWATCH_OUTBOX_SIZE: size, CLOSEWATCH_OUTBOX_AGE: age };
    expect(readEnvironment(variables).outbox).toEqual({ bytes, ageMs });
  });

  it.each([
    ['1000', '1s'],
    ['1023K', '31d'],
    ['65G', '24'],
    ['-5M', 'day'],
    ['64MB', '1.5h'],
  ])('refuses the bounds of the outbox %s and %s', (size, age) => {
    expect(faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_OUTBOX_SIZE: size, CLOSEWATCH_OUTBOX_AGE: age })).toEqual([
      expect.stringContaining(`CLOSEWATCH_OUTBOX_SIZE: "${size}"`),
      expect.stringContaining(`CLOSEWATCH_OUTBOX_AGE: "${age}"`),
    ]);
  });

  it.each(['ftp://host', 'host:8640', '', 'http://'])('refuses the server %s unless it is empty', (text) => {
    const faults = faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_SERVER: text });
    expect(faults).toHaveLength(text === '' ? 0 : 1);
  });

  it('keeps a path prefix of the server', () => {
    const { server } = readEnvironment({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_SERVER: 'https://ops.example/closewatch/' });
    expect(server.href).toBe('https://ops.example/closewatch');
  });

  it('refuses a token given twice, absent, unreadable, or unfit for a header', () => {
    expect(faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_TOKEN_FILE: '/f' })).toEqual([
      expect.stringContaining('both set'),
    ]);
    expect(faultsOf({})).toEqual([expect.stringContaining('one must be set')]);
    expect(faultsOf({ CLOSEWATCH_TOKEN_FILE: join(folder, 'none') })).toEqual([expect.stringContaining('ENOENT')]);
    expect(faultsOf({ CLOSEWATCH_TOKEN: 'two words' })).toEqual([expect.stringContaining('holds no token')]);
  });

  it.each(['/proc', '/proc/1/closewatch', '/proc/../proc/closewatch/'])('refuses the data folder %s', (path) => {
    expect(faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_DATA: path })).toEqual([
      `CLOSEWATCH_DATA: ${path} lies in /proc, which keeps no files; name a folder on a disk`,
    ]);
  });

  it('takes a data folder that is only called like it', () => {
    expect(faultsOf({ CLOSEWATCH_TOKEN: 't', CLOSEWATCH_DATA: '/process/data' })).toEqual([]);
  });

  it('lists all faults at once, and never the token', () => {
    const faults = faultsOf({
      CLOSEWATCH_TOKEN: 'sec ret',
      CLOSEWATCH_SERVER: 'nowhere',
      CLOSEWATCH_INTERVAL: 'never',
      CLOSEWATCH_HOSTNAME: 'my host',
    });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain('sec ret');
  });
});

describe('the language of the terminal', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-Hans'],
    [{ LANG: 'zh' }, 'zh-Hans'],
    [{ LANG: 'zha_CN' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_SG' }, 'zh-Hans'],
    [{ LANG: 'zh_CN', LC_ALL: '' }, 'zh-Hans'],
  ])('by %j is %s', (variables, language) => {
    expect(languageIn(variables)).toBe(language);
  });
});
