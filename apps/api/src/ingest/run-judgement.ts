import { hostStatus } from '@closewatch/protocol';

/** One start of an agent, on one boot of one machine. */
export interface Run {
  readonly runId: string;
  readonly bootId: string;
  readonly machineId: string;
}

/** The run that the server takes for the host's own. Times in milliseconds since the epoch. */
export interface CurrentRun extends Run {
  readonly since: number;
  /** Its newest snapshot. */
  readonly until: number;
  readonly intervalMs: number;
}

/**
 * What a push is to its host: `current` (it speaks for the host), `earlier` (an older run's spool, delivered late: data
 * without a say), or `cloned` (a second machine under the same agentId, while the first one lives).
 */
export type RunJudgement = 'current' | 'earlier' | 'cloned';

/**
 * Judges a push whose newest snapshot was taken at `newestTakenAt`. Liveness goes by when snapshots were taken and not
 * by when they arrived, so that a spool which is delivered after a reboot does not pass for a living machine.
 *
 * A restarted agent keeps boot and machine and takes over at once. A rebooted host has a new boot id, and its old run
 * has fallen silent; a clone pushes beside a run that goes on.
 */
export function judgeRun(current: CurrentRun | undefined, push: Run, newestTakenAt: number, now: number): RunJudgement {
  if (current === undefined) return 'current';
  if (isSameRun(push, current)) return 'current';
  if (newestTakenAt < current.since) return 'earlier';
  if (isSameMachine(push, current)) return 'current';
  return hostStatus(Math.min(current.until, now), current.intervalMs, now) === 'live' ? 'cloned' : 'current';
}

/** Whether both are one start of an agent. */
export function isSameRun(a: Run, b: Run): boolean {
  return a.runId === b.runId && isSameMachine(a, b);
}

function isSameMachine(a: Run, b: Run): boolean {
  return a.bootId === b.bootId && a.machineId === b.machineId;
}
