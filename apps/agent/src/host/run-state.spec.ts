import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunState } from './run-state.ts';

const BOOT = '8d3e7f60-55aa-4e0e-8c2b-1f6a0c9d2b11';
const OTHER_BOOT = '1b2c3d4e-55aa-4e0e-8c2b-1f6a0c9d2b22';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-run-'));
  mkdirSync(join(folder, 'agent'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const begun = (bootId = BOOT) => new RunState(folder, bootId).begin();

describe('the state of a run', () => {
  it('tells a first run, a crash, a clean stop and a reboot apart', () => {
    const first = new RunState(folder, BOOT);
    expect(first.begin().after).toBe('first_run');
    const second = new RunState(folder, BOOT);
    expect(second.begin().after).toBe('crash');
    second.end();
    const third = new RunState(folder, BOOT);
    expect(third.begin().after).toBe('clean_stop');
    third.end();
    expect(begun(OTHER_BOOT).after).toBe('reboot');
    expect(begun(OTHER_BOOT).after).toBe('crash');
  });

  it("hands on what is known of the server's clock within a boot, and not beyond", () => {
    const first = new RunState(folder, BOOT);
    expect(first.begin().serverEpochMs).toBeUndefined();
    first.learn(1_700_000_000_000);
    const path = join(folder, 'agent/run-state');
    const written = readFileSync(path, 'utf8');
    first.learn(1_700_000_000_400);
    expect(readFileSync(path, 'utf8')).toBe(written);
    expect(begun()).toEqual({ after: 'crash', serverEpochMs: 1_700_000_000_000 });
    expect(begun(OTHER_BOOT)).toEqual({ after: 'reboot', serverEpochMs: undefined });
  });

  it.each(['', '{"bootId":', 'null', '[]', '{"bootId":7,"stopped":true}'])('takes %j for what a crash left', (text) => {
    writeFileSync(join(folder, 'agent/run-state'), text);
    expect(begun()).toEqual({ after: 'crash', serverEpochMs: undefined });
  });

  it('says what it cannot tell next time when it cannot be written', () => {
    rmSync(join(folder, 'agent'), { recursive: true });
    const state = new RunState(folder, BOOT);
    state.begin();
    expect(state.missing).toEqual([expect.stringMatching(/^run state: ENOENT.*cannot tell a crash/)]);
    mkdirSync(join(folder, 'agent'));
    state.end();
    expect(state.missing).toEqual([]);
  });
});
