import type { Connection } from '@closewatch/protocol';
import { connectionOf } from './connection.ts';
import { type HostPlan, type Place } from './host.ts';
import { goneBetween, leakedAt, leakedCount, leakedSince, leakOf, type Leak, type LeakedSocket } from './leak.ts';
import { lookedAt, lookFrom, turnOf, type Look } from './looks.ts';
import { type Telling } from './telling.ts';

/** Up to so many, a snapshot tells of all (apps/agent/src/leaks/connection-choice.ts). */
const FEW = 500;
const ALL_EVERY_MS = 60_000;

interface Told {
  readonly connections: Connection[];
  readonly complete: boolean;
}

/** The looks at a place, going back from one: when each was. */
interface Looks {
  readonly now: number;
  /** The look so many turns before; undefined before the run began. */
  readonly before: (turns: number) => number | undefined;
  /** The first look of the run at or after an instant. */
  readonly firstFrom: (atMs: number) => number;
}

/**
 * What a look tells of the CLOSE_WAIT connections of a place. As agents do: of a socket from its second sight on, and
 * once more when two looks have missed it.
 */
export function toldConnections(plan: HostPlan, place: Place, look: Look, telling: Telling, full: boolean): Told {
  const leaks = place.services.flatMap((service) => leakOf(plan, service) ?? []);
  const looks = looksAt(plan, place, look, telling.intervalMs);
  const previous = looks.before(1);
  // With its first look a run knows of no socket that it has seen twice.
  if (previous === undefined) return { connections: [], complete: false };
  const open = leaks.reduce((total, leak) => total + leakedCount(leak, looks.now), 0);
  const second = looks.before(2) === undefined;
  const complete = second || full || (telling.fullSets && (open <= FEW || begins(look, telling.intervalMs)));
  const which = complete ? 'all' : telling.fullSets ? 'new' : 'none';
  return { connections: leaks.flatMap((leak) => ofLeak(leak, place, looks, which)), complete };
}

/** `which` of the open ones; those that have ended are always told. */
function ofLeak(leak: Leak, place: Place, looks: Looks, which: 'all' | 'new' | 'none'): Connection[] {
  const waiting = leak.plan.accepted ? 0 : leakedCount(leak, looks.now);
  const told = (socket: LeakedSocket): Connection => {
    const firstSeenMs = looks.firstFrom(socket.openedMs);
    return connectionOf(leak, place, socket, { firstSeenMs, lastSeenMs: looks.now }, waiting);
  };
  if (which === 'none') return ended(leak, place, looks, waiting);
  const open = (which === 'all' ? leakedAt(leak, looks.now) : leakedSince(leak, looks.before(2) ?? 0, looks.now))
    .filter(({ openedMs }) => openedMs <= (looks.before(1) ?? 0))
    .map(told);
  return [...ended(leak, place, looks, waiting), ...open];
}

/** Those that the look before was the first to miss, and that were known: two looks before that saw them. */
function ended(leak: Leak, place: Place, looks: Looks, waiting: number): Connection[] {
  const [missedMs, lastSeenMs, sinceMs] = [looks.before(1), looks.before(2), looks.before(3)];
  if (missedMs === undefined || lastSeenMs === undefined || sinceMs === undefined) return [];
  return goneBetween(leak, lastSeenMs, missedMs)
    .filter(({ openedMs }) => openedMs <= sinceMs)
    .map((socket) => {
      const firstSeenMs = looks.firstFrom(socket.openedMs);
      const lived = leak.plan.lifeMs !== undefined;
      const orphaned = leak.plan.orphans && lived;
      return connectionOf(leak, place, socket, { firstSeenMs, lastSeenMs, endedMs: missedMs, orphaned }, waiting);
    });
}

function looksAt(plan: HostPlan, place: Place, look: Look, intervalMs: number): Looks {
  const turn = place.netns === 0 ? 1 : turnOf(intervalMs);
  const first = look.number - look.nth;
  return {
    now: look.atMs,
    before: (turns) => {
      const number = look.number - turns * turn;
      return number < first ? undefined : lookedAt(plan, intervalMs, number);
    },
    firstFrom: (atMs) => {
      let number = first + turn * Math.max(0, Math.ceil((lookFrom(plan, intervalMs, atMs) - first) / turn) - 1);
      while (lookedAt(plan, intervalMs, number) < atMs) number += turn;
      return lookedAt(plan, intervalMs, number);
    },
  };
}

/** The first look of a minute. */
function begins({ atMs }: Look, intervalMs: number): boolean {
  return atMs % ALL_EVERY_MS < intervalMs;
}
