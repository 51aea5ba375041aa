import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFilled, writeFilled } from './filled-past.ts';

let folder: string;
const filled = { seed: 7, hosts: 30, fromMs: 1_000, untilMs: 2_000 };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-demo-past-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it('remembers up to when the past of a fleet is written', () => {
  expect(readFilled(folder, 7, 30)).toBeUndefined();
  writeFilled(folder, filled);
  expect(readFilled(folder, 7, 30)).toEqual(filled);
  expect(readFilled(folder, 7, 10)).toEqual(filled);
});

it('does not take the past of another fleet, of fewer hosts or of a clock ahead of ours for it', () => {
  expect(readFilled(folder, 8, 30)).toBeUndefined();
  expect(readFilled(folder, 7, 31)).toBeUndefined();
  writeFilled(folder, { ...filled, untilMs: Date.now() + 60_000 });
  expect(readFilled(folder, 7, 30)).toBeUndefined();
  writeFileSync(join(folder, 'demo-filled.json'), '{"seed":7');
  expect(readFilled(folder, 7, 30)).toBeUndefined();
});
