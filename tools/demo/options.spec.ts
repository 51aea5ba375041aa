import { expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { parseDemo } from './options.ts';

it('shows thirty hosts with three days of history, in a folder and at a port of their own', () => {
  expect(parseDemo([])).toEqual({
    kind: 'demo',
    options: { hosts: 30, days: 3, seed: 7, port: 8641, dataFolder: resolve('.demo') },
  });
});

it('refuses more history than a server keeps, and names every fault at once', () => {
  const parsed = parseDemo(['--days', '35', '--hosts', 'x', '--port', '70000']);
  if (parsed.kind !== 'faults') throw new Error('it is faulty');
  expect(parsed.faults.map((fault) => fault.split(' ')[0])).toEqual(['--hosts', '--days', '--port']);
  expect(parseDemo(['here']).kind).toBe('faults');
});
