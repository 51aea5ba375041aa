import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from './options.ts';

let folder: string;
let tokenFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-fleet-options-'));
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'a-token-of-a-server\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('has defaults: thirty live hosts that look every ten seconds, and a past of a minute between looks', () => {
  const live = parseFleet(['--token-file', tokenFile]);
  expect(live).toMatchObject({
    kind: 'fleet',
    options: { command: 'run', hosts: 30, seed: 7, intervalMs: 10_000, token: 'a-token-of-a-server', durationMs: null },
  });
  const past = parseFleet(['fill', '--days', '30', '--token-file', tokenFile]);
  expect(past).toMatchObject({
    kind: 'fleet',
    options: { command: 'fill', days: 30, intervalMs: 60_000, parallel: 2 },
  });
});

it('takes what is given', () => {
  const words = [
    '--hosts',
    '200',
    '--interval',
    '5s',
    '--seed',
    '9',
    '--server',
    'https://closewatch.example/at',
    '--duration',
    '1h',
  ];
  const parsed = parseFleet([...words, '--token-file', tokenFile]);
  if (parsed.kind !== 'fleet') throw new Error('it is a fleet');
  expect(parsed.options).toMatchObject({ hosts: 200, intervalMs: 5_000, seed: 9, durationMs: 3_600_000 });
  expect(parsed.options.server.href).toBe('https://closewatch.example/at');
});

it('asks for help before it looks at the rest', () => {
  expect(parseFleet(['--help', '--hosts', 'many'])).toEqual({ kind: 'help' });
});

it('names every fault at once', () => {
  const words = [
    'stroll',
    '--hosts',
    '0',
    '--interval',
    '1s',
    '--server',
    'ftp://x',
    '--days',
    '1e3',
    '--token-file',
    folder,
  ];
  const parsed = parseFleet(words);
  if (parsed.kind !== 'faults') throw new Error('it is faulty');
  expect(parsed.faults.map((fault) => fault.split(' ')[0])).toEqual([
    'there',
    '--hosts',
    '--server',
    '--token-file:',
    '--interval',
    '--days',
  ]);
});

it.each([
  ['--speed', '3'],
  ['run', 'fill'],
  ['--hosts', '-1'],
])('refuses %s %s', (...words) => {
  expect(parseFleet([...words, '--token-file', tokenFile]).kind).toBe('faults');
});
