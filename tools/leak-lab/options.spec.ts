import { describe, expect, it } from '@jest/globals';
import { parseArguments } from './options.ts';

const SCENARIOS = ['code-leak', 'time-wait'];
const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean), SCENARIOS);
const faultsOf = (line: string): readonly string[] => {
  const parsed = parse(line);
  return parsed.kind === 'faults' ? parsed.faults : [];
};

it('holds 20 sockets at 10 a second on IPv4 unless told otherwise', () => {
  expect(parse('code-leak')).toEqual({
    kind: 'run',
    scenario: 'code-leak',
    options: {
      count: 20,
      rate: 10,
      host: '127.0.0.1',
      port: 0,
      durationMs: null,
      closer: 'client',
      keepaliveMs: 15_000,
      everyMs: 45_000,
      runtime: null,
    },
  });
});

it('takes every option', () => {
  const line =
    'time-wait --count 50000 --rate 2000 --host ::1 --port 4242 --duration 5m --closer server --keepalive 2s --every 1m --runtime c';
  expect(parse(line)).toEqual({
    kind: 'run',
    scenario: 'time-wait',
    options: {
      count: 50_000,
      rate: 2_000,
      host: '::1',
      port: 4_242,
      durationMs: 300_000,
      closer: 'server',
      keepaliveMs: 2_000,
      everyMs: 60_000,
      runtime: 'c',
    },
  });
});

it.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1h', 3_600_000],
  ['24h', 86_400_000],
])('reads the duration %s', (text, durationMs) => {
  expect(parse(`code-leak --duration ${text}`)).toMatchObject({ options: { durationMs } });
});

it('helps before it finds fault', () => {
  expect(parse('--help --rate none')).toEqual({ kind: 'help' });
  expect(parse('-h')).toEqual({ kind: 'help' });
});

describe('refuses', () => {
  it.each([
    ['', 'name a scenario: code-leak, time-wait'],
    ['leak', 'there is no scenario "leak"; there are code-leak, time-wait'],
    ['code-leak time-wait', 'one scenario at a time: "time-wait" is too much'],
    ['code-leak --count 0', '--count must be a whole number from 1 to 50000, not "0"'],
    ['code-leak --count 50001', '--count must be a whole number from 1 to 50000, not "50001"'],
    ['code-leak --count 1e3', '--count must be a whole number from 1 to 50000, not "1e3"'],
    ['code-leak --count=-5', '--count must be a whole number from 1 to 50000, not "-5"'],
    ['code-leak --rate 0.5', '--rate must be a whole number from 1 to 2000, not "0.5"'],
    ['code-leak --port 65536', '--port must be a whole number from 0 to 65535, not "65536"'],
    ['code-leak --host 0.0.0.0', '--host must be 127.0.0.1 or ::1, not "0.0.0.0"'],
    ['time-wait --closer both', '--closer must be client or server, not "both"'],
    ['code-leak --duration 30', '--duration must be a time such as 500ms, 30s, 5m or 1h, at most 24h, not "30"'],
    ['code-leak --duration 25h', '--duration must be a time such as 500ms, 30s, 5m or 1h, at most 24h, not "25h"'],
    ['code-leak --duration 0s', '--duration must be a time such as 500ms, 30s, 5m or 1h, at most 24h, not "0s"'],
    ['code-leak --keepalive 1500ms', '--keepalive must be whole seconds such as 15s or 1m, at most 9h, not "1500ms"'],
    ['code-leak --keepalive 10h', '--keepalive must be whole seconds such as 15s or 1m, at most 9h, not "10h"'],
    ['code-leak --every 1500ms', '--every must be whole seconds such as 45s or 1m, not "1500ms"'],
    ['code-leak --runtime go', '--runtime must be node, python, c, not "go"'],
    ['code-leak --keepalive no', '--keepalive must be whole seconds such as 15s or 1m, at most 9h, not "no"'],
  ])('"%s"', (line, fault) => {
    expect(faultsOf(line)).toEqual([fault]);
  });

  it('an option it does not know', () => {
    expect(faultsOf('code-leak --loud')).toEqual([expect.stringContaining("Unknown option '--loud'")]);
  });

  it('several things at once', () => {
    expect(faultsOf('leak --count 0 --rate 0 --host here')).toHaveLength(4);
  });
});
