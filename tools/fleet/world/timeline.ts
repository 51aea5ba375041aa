import { instantIn, lastOf, type Schedule } from './flow.ts';
import { type HostPlan } from './host.ts';
import { between, keyFor, mix, unit, uuidOf } from './random.ts';

/** One start of an agent on one boot of its host. Instants in milliseconds since 1970. */
export interface Run {
  readonly runId: string;
  readonly bootId: string;
  readonly startedMs: number;
  readonly bootedMs: number;
  readonly after: 'clean_stop' | 'crash' | 'reboot';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** From the kernel's start to the agent's. */
const AGENT_AFTER_BOOT_MS = 9_000;

/** Hosts are updated, and start anew, every three weeks or so. */
function bootsOf({ key }: HostPlan): Schedule {
  return { key: keyFor(key, 'boot'), periodMs: 23 * DAY_MS };
}

function startsOf({ key, flaky }: HostPlan): Schedule {
  return { key: keyFor(key, 'start'), periodMs: flaky ? 7 * HOUR_MS : 6 * DAY_MS };
}

/** The host went down at `downMs`, and its kernel was there again at `upMs`. */
export interface Boot {
  readonly number: number;
  readonly downMs: number;
  readonly upMs: number;
  /** When it will go down again. */
  readonly nextDownMs: number;
}

/** The boot that an instant belongs to; the time before `upMs` is darkness. */
export function bootAt(plan: HostPlan, atMs: number): Boot {
  const boots = bootsOf(plan);
  const { number, atMs: downMs } = lastOf(boots, atMs);
  const upMs = Math.floor(downMs + between(boots.key, number, 60_000, 240_000));
  return { number, downMs, upMs, nextDownMs: instantIn(boots, number + 1) };
}

/** The run that looks at an instant; undefined where the host or its agent is away. Runs are apart by `intervalMs` too. */
export function runAt(plan: HostPlan, atMs: number, intervalMs: number): Run | undefined {
  const boot = bootAt(plan, atMs);
  const starts = startsOf(plan);
  const start = lastOf(starts, atMs);
  const awayMs = plan.flaky
    ? between(starts.key, start.number, 15 * MINUTE_MS, 45 * MINUTE_MS)
    : between(starts.key, start.number, 2_000, 8_000);
  const restartedMs = Math.floor(start.atMs + awayMs);
  const afterBootMs = boot.upMs + AGENT_AFTER_BOOT_MS;
  // It stopped before the reboot: the reboot is what it comes back from.
  const isReboot = afterBootMs > start.atMs;
  const startedMs = isReboot ? afterBootMs : restartedMs;
  if (atMs < startedMs) return undefined;
  const key = mix(keyFor(plan.key, 'run'), intervalMs);
  return {
    runId: uuidOf(mix(key, start.number), boot.number),
    bootId: uuidOf(keyFor(plan.key, 'boot id'), boot.number),
    startedMs,
    bootedMs: boot.upMs,
    after: isReboot ? 'reboot' : unit(starts.key, start.number) < 0.2 ? 'crash' : 'clean_stop',
  };
}
