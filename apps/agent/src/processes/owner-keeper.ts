import { type Owner } from '@closewatch/protocol';
import { type Findings, type LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { type OwnerFinder, type Ownership } from './owner-finder.ts';
import { type OwnerSurvey } from './owner-survey.ts';

/** Looks between two attempts to find an owner that was not found: doubled each time, up to this many. */
const MOST_LOOKS_BETWEEN = 16;

interface Survey {
  readonly of: readonly TrackedSocket[];
  readonly walk: OwnerSurvey;
}

const SURVEY_EVERY_MS = 60_000;
/** Descriptors a survey follows for each millisecond since the last look, at about 7 µs each: one percent of a CPU. */
const SURVEY_PACE = 1.4;
const SURVEY_LEAST = 1_400;
const SURVEY_MOST = 35_000;

/**
 * Keeps the owners of tracked sockets true: finds those of new ones, again when an owner exits, and later when nobody
 * was found. Once a minute it begins to survey all of them, for those who came to share one.
 */
export class OwnerKeeper {
  readonly #finder: OwnerFinder;
  /** Sockets without an owner: after how many looks to try again, and how many are left. */
  readonly #unowned = new Map<TrackedSocket, { pause: number; left: number }>();
  #survey: Survey | undefined;
  #surveyBeganAt: number | undefined;
  #lastLookAt = 0;

  constructor(finder: OwnerFinder) {
    this.#finder = finder;
  }

  /** Brings the owners of all open sockets up to date after a look, taken `at` (milliseconds on the monotonic clock). */
  async update(tracker: LeakTracker, findings: Findings, at: number): Promise<void> {
    await this.#resolve(tracker, findings);
    await this.#surveyOn(tracker, at);
    this.#lastLookAt = at;
  }

  async #resolve(tracker: LeakTracker, { confirmed, accepted }: Findings): Promise<void> {
    const due = new Set<TrackedSocket>([...confirmed, ...accepted]);
    for (const tracked of this.#leftByExit(tracker)) due.add(tracked);
    for (const [tracked, wait] of this.#unowned) {
      if (--wait.left <= 0 && tracked.missedAt === undefined) due.add(tracked);
    }
    if (due.size === 0) return;
    const found = await this.#finder.find([...due]);
    for (const tracked of due) {
      const answer = found.get(tracked.inode);
      if (answer !== undefined) this.#settle(tracked, answer);
    }
  }

  /** Whether one of its owners still has its descriptor open. */
  stillHeld({ inode, owners }: TrackedSocket): boolean {
    return owners.some((owner) => this.#finder.stillHolds(owner, inode));
  }

  forget(tracked: TrackedSocket): void {
    this.#unowned.delete(tracked);
    this.#finder.forget(tracked.inode, tracked.owners);
  }

  #settle(tracked: TrackedSocket, answer: Ownership): void {
    const before = this.#unowned.get(tracked);
    if (answer.ownership === 'known') {
      this.#unowned.delete(tracked);
    } else if (answer.ownership === 'none') {
      const pause = Math.min((before?.pause ?? 0.5) * 2, MOST_LOOKS_BETWEEN);
      this.#unowned.set(tracked, { pause, left: pause });
      // When its process exits the socket usually goes too, and whose it was stays worth knowing: not before a
      // second look finds it alive and nobody's is that taken back.
      if (before === undefined && tracked.owners.length > 0) return;
    }
    // Not accepted: the table itself will tell when it is. Hidden: looking again would see no more.
    if (tracked.ownership !== answer.ownership || answer.ownership === 'known') tracked.changed = true;
    Object.assign(tracked, answer);
  }

  async #surveyOn(tracker: LeakTracker, at: number): Promise<void> {
    this.#survey ??= this.#surveyDue(tracker, at);
    if (this.#survey === undefined) return;
    const { of, walk } = this.#survey;
    const pace = Math.round((at - this.#lastLookAt) * SURVEY_PACE);
    if (!(await walk.advance(Math.min(Math.max(pace, SURVEY_LEAST), SURVEY_MOST)))) return;
    this.#survey = undefined;
    for (const tracked of of) {
      const found = walk.found.get(tracked.inode);
      if (found !== undefined && tracked.ended === undefined) this.#correct(tracked, found);
    }
  }

  /** The first begins a minute after there is something to survey: until then the owners are fresh. */
  #surveyDue(tracker: LeakTracker, at: number): Survey | undefined {
    const of = [...tracker.open()].filter(({ inode }) => inode !== 0);
    if (of.length === 0) return undefined;
    this.#surveyBeganAt ??= at;
    if (at - this.#surveyBeganAt < SURVEY_EVERY_MS) return undefined;
    this.#surveyBeganAt = at;
    return { of, walk: this.#finder.survey(new Map(of.map(({ inode, owners }) => [inode, owners]))) };
  }

  #correct(tracked: TrackedSocket, found: readonly Owner[]): void {
    const { owners } = tracked;
    if (found.length === owners.length && found.every((owner) => owners.includes(owner))) return;
    this.#finder.release(
      tracked.inode,
      owners.filter((owner) => !found.includes(owner)),
    );
    this.#settle(tracked, { ownership: 'known', owners: found });
  }

  /** Those seen alive whose process is gone. */
  #leftByExit(tracker: LeakTracker): TrackedSocket[] {
    const pids = new Set<number>();
    for (const { owners } of tracker.open()) for (const { pid } of owners) pids.add(pid);
    const exited = this.#finder.exited(pids);
    if (exited.size === 0) return [];
    return [...tracker.open()].filter(
      ({ owners, missedAt }) => missedAt === undefined && owners.some(({ pid }) => exited.has(pid)),
    );
  }
}
