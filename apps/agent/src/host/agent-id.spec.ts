import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrMakeAgentId } from './agent-id.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-data-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the agent id', () => {
  it('is made once and stays', () => {
    const first = readOrMakeAgentId(folder);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(readOrMakeAgentId(folder)).toBe(first);
    expect(readFileSync(join(folder, 'agent/agent-id'), 'utf8')).toBe(`${first}\n`);
    expect(readdirSync(join(folder, 'agent'))).toEqual(['agent-id']);
  });

  it('says what to do when its file holds something else, and leaves the file alone', () => {
    mkdirSync(join(folder, 'agent'));
    writeFileSync(join(folder, 'agent/agent-id'), 'half a fi');
    expect(() => readOrMakeAgentId(folder)).toThrow(/agent-id: the file holds no UUID. Restore it, or delete it/);
    expect(readFileSync(join(folder, 'agent/agent-id'), 'utf8')).toBe('half a fi');
  });

  it('names the folder that cannot be used', () => {
    writeFileSync(join(folder, 'agent'), 'a file');
    expect(() => readOrMakeAgentId(folder)).toThrow(/agent\/agent-id: ENOTDIR/);
  });
});
