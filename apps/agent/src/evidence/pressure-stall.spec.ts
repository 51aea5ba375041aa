import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { PressureStallSchema } from '@closewatch/protocol';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPressureStall, stallIn } from './pressure-stall.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-pressure-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('tells the averages over 10 s', () => {
  const text =
    'some avg10=2.74 avg60=8.23 avg300=3.07 total=99213686\nfull avg10=2.05 avg60=6.23 avg300=2.24 total=55420385\n';
  expect(stallIn(text)).toEqual({ someAvg10: 2.74, fullAvg10: 2.05 });
  // The host as a whole cannot be short of CPU for everybody: older kernels leave the line out.
  expect(stallIn('some avg10=100.00 avg60=3.14 avg300=10.32 total=2109\n')).toEqual({
    someAvg10: 100,
    fullAvg10: null,
  });
  for (const broken of ['', 'some avg10=', 'some avg10=nan avg60=0.00']) expect(stallIn(broken)).toBeNull();
});

it('is null for each resource where pressure is off, and then for all', () => {
  expect(readPressureStall(folder)).toEqual({ cpu: null, memory: null, io: null });
  mkdirSync(join(folder, 'pressure'));
  writeFileSync(join(folder, 'pressure/io'), 'some avg10=1.00 avg60=0.00 avg300=0.00 total=1\n');
  const told = readPressureStall(folder);
  expect(PressureStallSchema.parse(told)).toEqual({ cpu: null, memory: null, io: { someAvg10: 1, fullAvg10: null } });
});
