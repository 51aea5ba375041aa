import { describe, expect, it } from '@jest/globals';
import { type CurrentRun, judgeRun, type Run, type RunJudgement } from './run-judgement.ts';

const NOW = 1_000_000;
const current: CurrentRun = {
  runId: 'run-1',
  bootId: 'boot-1',
  machineId: 'machine-1',
  since: NOW - 100_000,
  until: NOW - 5_000,
  intervalMs: 5_000,
};
const silent = { ...current, until: NOW - 20_000 };

describe('judgeRun', () => {
  it.each<[string, CurrentRun | undefined, Partial<Run>, number, RunJudgement]>([
    ['the first run of a host', undefined, {}, NOW, 'current'],
    ['the run itself', current, {}, NOW, 'current'],
    ['the run itself, delivering an old snapshot', current, {}, NOW - 500_000, 'current'],
    ['a restarted agent', current, { runId: 'run-2' }, NOW, 'current'],
    ['the spool of the run before, after a restart', current, { runId: 'run-0' }, NOW - 200_000, 'earlier'],
    ['the spool of the boot before', current, { runId: 'run-0', bootId: 'boot-0' }, NOW - 200_000, 'earlier'],
    ['another boot while the first lives', current, { runId: 'run-2', bootId: 'boot-2' }, NOW, 'cloned'],
    ['another machine while the first lives', current, { runId: 'run-2', machineId: 'machine-2' }, NOW, 'cloned'],
    ['the same run on another machine', current, { machineId: 'machine-2' }, NOW, 'cloned'],
    ['another boot after silence: a reboot', silent, { runId: 'run-2', bootId: 'boot-2' }, NOW, 'current'],
    [
      'another machine after silence: the disk moved',
      silent,
      { runId: 'run-2', machineId: 'machine-2' },
      NOW,
      'current',
    ],
  ])('%s', (_case, known, push, newestTakenAt, expected) => {
    const run = { runId: current.runId, bootId: current.bootId, machineId: current.machineId, ...push };
    expect(judgeRun(known, run, newestTakenAt, NOW)).toBe(expected);
  });

  it('waits longer for an agent that samples slowly', () => {
    const slow = { ...silent, intervalMs: 60_000 };
    expect(judgeRun(slow, { ...current, bootId: 'boot-2' }, NOW, NOW)).toBe('cloned');
  });
});
