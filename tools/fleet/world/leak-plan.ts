import { type LeakKind } from './roles.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How a kind of leak goes. */
export interface LeakPlan {
  readonly perHour: number;
  /** The process is restarted about as often. */
  readonly periodMs: number;
  /** It leaks in the last part of its life; Infinity: all of it. */
  readonly leaksForMs: number;
  /** It cannot hold more. */
  readonly most: number;
  /** How long each socket stays in CLOSE_WAIT; undefined: until the process ends. */
  readonly lifeMs: { readonly least: number; readonly most: number } | undefined;
  /** Bytes in Recv-Q, the end of stream included. */
  readonly unread: { readonly least: number; readonly most: number };
  readonly accepted: boolean;
  /** Keepalive takes its sockets out of the kernel's table, the descriptors stay. */
  readonly orphans: boolean;
  /** Processes that hold each of its sockets. */
  readonly holders: number;
  /** What its threads wait in; `polls`: one of them is seen to wait for events. */
  readonly threads: { readonly wchan: string; readonly syscall: string; readonly polls: boolean };
}

const POLLS = { wchan: 'ep_poll', syscall: 'epoll_wait', polls: true };
const DRAINED = { least: 0, most: 0 };

const USUAL: LeakPlan = {
  perHour: 1,
  periodMs: DAY_MS,
  leaksForMs: Number.POSITIVE_INFINITY,
  most: 10_000,
  lifeMs: undefined,
  unread: DRAINED,
  accepted: true,
  orphans: false,
  holders: 1,
  threads: POLLS,
};

const PLANS: Readonly<Record<LeakKind, LeakPlan>> = {
  fast: { ...USUAL, perHour: 900, periodMs: 9 * HOUR_MS, leaksForMs: 55 * MINUTE_MS },
  slow: { ...USUAL, perHour: 1.5, periodMs: 9 * DAY_MS },
  saw_tooth: { ...USUAL, perHour: 22, periodMs: DAY_MS },
  not_accepted: {
    ...USUAL,
    perHour: 600,
    periodMs: 2 * DAY_MS,
    leaksForMs: 3 * HOUR_MS,
    most: 129,
    unread: { least: 180, most: 900 },
    accepted: false,
  },
  unread: { ...USUAL, perHour: 8, periodMs: 3 * DAY_MS, unread: { least: 1, most: 1_400 } },
  locked: {
    ...USUAL,
    perHour: 500,
    periodMs: 12 * HOUR_MS,
    leaksForMs: 40 * MINUTE_MS,
    most: 200,
    unread: { least: 60, most: 600 },
    threads: { wchan: 'futex_wait_queue', syscall: 'futex', polls: false },
  },
  orphans: { ...USUAL, perHour: 6, periodMs: 3 * DAY_MS, lifeMs: { least: 15_000, most: 75_000 }, orphans: true },
  inherited: { ...USUAL, perHour: 12, holders: 2 },
  half_close: { ...USUAL, perHour: 60, lifeMs: { least: 40_000, most: 240_000 } },
};

export function leakPlan(kind: LeakKind): LeakPlan {
  return PLANS[kind];
}

/** How many sockets a listener that is asked for 128 lets wait (tcp(7), listen(2)): one more than that. */
export const ACCEPT_QUEUE_LIMIT = 128;
