import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_THRESHOLDS, RULES } from '@closewatch/socket-states';
import { stringify } from 'yaml';
import { committedFile } from '../testing/committed-file.ts';
import { durationText } from './duration-text.ts';
import { readRules } from './rules-text.ts';
import { isChangeable, nameInFile } from './threshold-changes.ts';

const FILE = join(import.meta.dirname, '../../../../docs/rules-as-shipped.yaml');
const HEAD = `# Every threshold as it ships: what a rules file may change, and what holds where it says nothing (docs/rules.md).
# Written by \`npm run records\`.
`;

/** Thresholds as a rules file has them. */
function asWritten(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => asWritten(one));
  if (typeof value === 'number') return name.endsWith('Ms') ? durationText(value) : Number(value.toFixed(4));
  const changeable = Object.entries(value as object).filter(([key]) => isChangeable(key));
  return Object.fromEntries(changeable.map(([key, one]) => [nameInFile(key), asWritten(one, key)]));
}

describe('docs/rules-as-shipped.yaml', () => {
  const text = HEAD + stringify({ thresholds: asWritten(DEFAULT_THRESHOLDS) });

  it('has every threshold as it ships (npm run records writes it)', () => {
    expect(text).toBe(committedFile(FILE, text));
  });

  it('is a rules file that changes nothing', () => {
    const read = readRules(text);
    const rounded = JSON.parse(JSON.stringify(DEFAULT_THRESHOLDS), (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(4)) : value,
    ) as unknown;
    expect('rules' in read ? read.rules.thresholds : read.faults).toEqual(rounded);
  });
});

describe('docs/rules.md', () => {
  const page = readFileSync(join(FILE, '../rules.md'), 'utf8');

  it('has an example that would be taken, with something of each kind', () => {
    const [, example] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    const read = readRules(example ?? '');
    expect('rules' in read ? read.rules.size : read.faults).toEqual({
      thresholds: 3,
      services: 2,
      states: 1,
      ignored: 3,
    });
  });

  it('names every rule that can be ignored', () => {
    expect(RULES.filter((rule) => !page.includes(`\`${rule}\``))).toEqual([]);
  });
});
