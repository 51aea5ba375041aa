import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { roundEveryMs } from '../leaks/round-pace.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { type OwnerFinder } from './owner-finder.ts';
import { type OwnerKeeper } from './owner-keeper.ts';
import { type OwnerSurvey } from './owner-survey.ts';

/** The tracked sockets of one network namespace, and who keeps their owners. */
export interface OwnedSockets {
  readonly tracker: LeakTracker;
  readonly owners: OwnerKeeper;
}

interface Round {
  readonly of: readonly { readonly tracked: TrackedSocket; readonly keeper: OwnerKeeper }[];
  readonly orphans: readonly number[];
  readonly walk: OwnerSurvey;
}

/** Descriptors a survey follows for each millisecond since the last turn, at about 7 µs each: one percent of a CPU. */
const PACE = 1.4;
const LEAST = 1_400;
const MOST = 35_000;

/**
 * Once a minute, or more slowly where they are thousands (round-pace.ts), begins to survey the owners of all tracked sockets, for those who came to share one, and of those that ended. Sockets have
 * inodes of their own over all network namespaces, and processes stand in one /proc: one walk serves all of them.
 */
export class SurveyRounds {
  readonly #finder: OwnerFinder;
  #round: Round | undefined;
  #beganAt: number | undefined;
  #lastTurnAt = 0;

  constructor(finder: OwnerFinder) {
    this.#finder = finder;
  }

  /** Goes on with the round, or begins one that is due; `at`: milliseconds on the monotonic clock. */
  async advance(sockets: readonly OwnedSockets[], at: number): Promise<void> {
    const pace = Math.round((at - this.#lastTurnAt) * PACE);
    this.#lastTurnAt = at;
    this.#round ??= this.#roundDue(sockets, at);
    if (this.#round === undefined) return;
    const { of, orphans, walk } = this.#round;
    try {
      if (!(await walk.advance(Math.min(Math.max(pace, LEAST), MOST)))) return;
    } catch (error) {
      // Who was not searched for must not pass for not found.
      this.#round = undefined;
      throw error;
    }
    this.#round = undefined;
    for (const { tracked, keeper } of of) {
      const found = walk.found.get(tracked.inode);
      if (found === undefined) continue;
      if (tracked.ended === undefined) keeper.correct(tracked, found);
      // Nobody else will ask to forget whom the survey met for a socket that ended meanwhile.
      else if (!this.#finder.orphans.follows(tracked.inode)) this.#finder.release(tracked.inode, found);
    }
    this.#finder.orphans.surveyed(orphans, walk.found);
  }

  /** The first begins a minute after there is something to survey: until then the owners are fresh. */
  #roundDue(sockets: readonly OwnedSockets[], at: number): Round | undefined {
    // Asked with every look, so nothing is listed before there is a round to begin.
    if (this.#beganAt !== undefined && at - this.#beganAt < roundEveryMs(countOf(sockets))) return undefined;
    const of = sockets.flatMap(({ tracker, owners }) =>
      tracker
        .open()
        .filter(({ inode }) => inode !== 0)
        .map((tracked) => ({ tracked, keeper: owners })),
    );
    const orphans = [...this.#finder.orphans.wanted()];
    if (of.length + orphans.length === 0) return undefined;
    const first = this.#beganAt === undefined;
    this.#beganAt = at;
    if (first) return undefined;
    const owners = new Map(orphans);
    for (const { tracked } of of) owners.set(tracked.inode, tracked.owners);
    return { of, orphans: orphans.map(([inode]) => inode), walk: this.#finder.survey(owners) };
  }
}

function countOf(sockets: readonly OwnedSockets[]): number {
  return sockets.reduce((sum, { tracker }) => sum + tracker.size, 0);
}
