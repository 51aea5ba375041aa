import { instantIn, lastOf } from './flow.ts';
import { type HostPlan, type Service } from './host.ts';
import { leakPlan } from './leak-plan.ts';
import { keyFor, mix } from './random.ts';
import { bootAt } from './timeline.ts';

const DAY_MS = 86_400_000;
/** From the end of a process to the start of the next, and from the kernel's start to that of services. */
const RESTART_MS = 1_500;
const AFTER_BOOT_MS = 12_000;
const FIRST_PID = 700;
const PIDS = 60_000;

/** One life of a service's processes. Instants in milliseconds since 1970. */
export interface Instance {
  readonly startedMs: number;
  /** It ends then, with every socket it holds: restarted, or down with its host. */
  readonly endsMs: number;
  /** When it is to be restarted, if its host does not go down before. */
  readonly restartMs: number;
  /** The first of its workers; the others follow. */
  readonly pid: number;
}

/** The life of a service that an instant falls into; before `startedMs` the one before has just ended. */
export function instanceAt(plan: HostPlan, { key, leak }: Service, atMs: number): Instance {
  const periodMs = leak === undefined ? 11 * DAY_MS : leakPlan(leak).periodMs;
  const restarts = { key: keyFor(key, 'restart'), periodMs };
  const restart = lastOf(restarts, atMs);
  const boot = bootAt(plan, atMs);
  const restartMs = instantIn(restarts, restart.number + 1);
  return {
    startedMs: Math.max(restart.atMs + RESTART_MS, boot.upMs + AFTER_BOOT_MS),
    endsMs: Math.min(restartMs, boot.nextDownMs),
    restartMs,
    pid: FIRST_PID + (mix(mix(key, restart.number), boot.number) % PIDS),
  };
}
