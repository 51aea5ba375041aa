import { type EndedAs, type Namespace, type Snapshot } from '@closewatch/protocol';
import { TCP_STATES, type StateCounts, type TcpState } from '@closewatch/socket-states';
import { messageOf } from '../errors.ts';
import { ageBracket } from '../leaks/age-bracket.ts';
import { type ConnectionChoice } from '../leaks/connection-choice.ts';
import { type Findings, type LeakTracker } from '../leaks/leak-tracker.ts';
import { type TrackedSocket } from '../leaks/tracked-socket.ts';
import { weighAhead, wireConnections } from '../leaks/wire-connections.ts';
import { Pacer } from '../pacer.ts';
import { type OwnerKeeper } from '../processes/owner-keeper.ts';
import { type SocketRoll } from '../sockets/socket-roll.ts';
import { type SocketSource, type SocketTable } from '../sockets/socket-table.ts';
import { type Addition, type Collector, type Sampled } from './collector.ts';
import { type ServerClock } from './server-clock.ts';

/** Counts of which none is known. */
export const UNMEASURED = Object.fromEntries(TCP_STATES.map((state) => [state, null])) as Record<TcpState, null>;

export interface SamplerParts {
  readonly source: SocketSource;
  readonly tracker: LeakTracker;
  readonly choice: ConnectionChoice;
  readonly owners: OwnerKeeper;
  /** In the order they run in, after owners are found. */
  readonly collectors: readonly Collector[];
  /** Of all network namespaces that are followed, the own one first; without it there is no other. */
  readonly trackers?: () => readonly LeakTracker[];
  readonly clock: ServerClock;
  /** Read anew for every snapshot. */
  readonly intervalMs: number;
  /** Draws the number of the next snapshot of the run, whichever namespace it is of. */
  readonly nextSeq: () => number;
  /** Which namespace it is, unless it is the agent's own. */
  readonly place?: { readonly netns: number; readonly namespace: () => Namespace };
  /** Whether snapshots pile up undelivered. */
  readonly behind: () => boolean;
  /** How long the host is up, in milliseconds. */
  readonly uptimeMs: () => number;
}

/**
 * Makes one snapshot after the other of one network namespace: looks at the sockets, follows the leaks, finds their
 * owners and ages.
 */
export class Sampler {
  readonly #parts: SamplerParts;
  #source: SocketTable['source'] | undefined;
  #missing: readonly string[] = [];

  constructor(parts: SamplerParts) {
    this.#parts = parts;
  }

  /** What the newest look could not tell, in words a person can act on. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** Never throws: what fails is told in {@link missing}, and counts that were not measured are null. */
  async next(): Promise<Snapshot> {
    const { clock, source } = this.#parts;
    const startedAt = clock.now();
    let table: SocketTable;
    try {
      table = await source.read(this.#rollFor(startedAt));
    } catch (error) {
      this.#missing = [messageOf(error)];
      return await this.#snapshot(clock.now(), UNMEASURED, [], false);
    }
    const takenAt = clock.now();
    const missing = [...table.missing];
    const { tracker, choice, owners } = this.#parts;
    if (this.#source !== undefined && this.#source !== table.source) await this.#lose(takenAt);
    this.#source = table.source;
    // What cannot be parted stands alone: each of these takes some milliseconds of ten thousand sockets.
    const pacer = new Pacer();
    const findings = tracker.observe({ startedAt, takenAt, table });
    if (pacer.due()) await pacer.rest();
    // Each by itself: what a look has found is not found again, so one that fails must not cost the others theirs.
    const attempt = async (what: string, work: () => void | Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        missing.push(`${what}: ${messageOf(error)}`);
      }
    };
    await attempt('ends', () => this.#end(findings.gone));
    await attempt('ages', () => this.#date(findings));
    await attempt('owners', () => owners.update(tracker, findings));
    await weighAhead(findings.confirmed);
    const trackers = this.#parts.trackers?.() ?? [tracker];
    const additions = await this.#collect({ startedAt, takenAt, table, tracker, trackers }, missing);
    this.#missing = missing;
    if (pacer.due()) await pacer.rest();
    const bytesBeside = Buffer.byteLength(JSON.stringify(additions));
    const { connections, complete } = choice.choose(tracker, takenAt, this.#parts.behind(), bytesBeside);
    if (pacer.due()) await pacer.rest();
    return { ...(await this.#snapshot(takenAt, table.counts, connections, complete)), ...additions };
  }

  /**
   * A last snapshot of a namespace that no process is in any more. Its sockets go with it, so they have been closed; but
   * for those whose descriptor was passed to a process elsewhere: nobody looks at them from now on. Where it is not
   * `complete` there are more ends to tell, with another one.
   */
  async last(): Promise<Snapshot> {
    const { source, tracker, choice, owners, clock } = this.#parts;
    const counts = await source.read().then(
      (table) => table.counts,
      () => UNMEASURED,
    );
    const at = clock.now();
    const pacer = new Pacer();
    for (const tracked of tracker.abandon()) {
      if (pacer.due()) await pacer.rest();
      const elsewhere = tracked.missedAt === undefined ? 'lost' : 'orphaned';
      this.#finish(tracked, tracked.missedAt ?? at, owners.stillHeld(tracked) ? elsewhere : 'closed');
    }
    const { connections } = choice.choose(tracker, at, false);
    return this.#snapshot(at, counts, connections, choice.untoldEnds === 0);
  }

  /** Lets go of what the collectors hold open. */
  close(): void {
    for (const collector of this.#parts.collectors) collector.close();
  }

  #rollFor(at: number): SocketRoll | undefined {
    for (const collector of this.#parts.collectors) {
      const roll = collector.rollFor?.(at);
      if (roll !== undefined) return roll;
    }
    return undefined;
  }

  async #collect(sampled: Sampled, missing: string[]): Promise<Addition> {
    const additions: Addition = {};
    for (const collector of this.#parts.collectors) {
      try {
        Object.assign(additions, await collector.collect(sampled));
        missing.push(...collector.missing);
      } catch (error) {
        missing.push(`${collector.name}: ${messageOf(error)}`);
      }
    }
    return additions;
  }

  /** The server did not take these snapshots: what only they told of is dated anew, for a wrong date may be why. */
  untell(seqs: ReadonlySet<number>): void {
    for (const collector of this.#parts.collectors) collector.retell?.();
    for (const tracked of this.#parts.tracker.open()) {
      if (tracked.toldDates !== undefined && seqs.has(tracked.toldDates.firstSeq)) tracked.toldDates = undefined;
    }
  }

  /** A CLOSE_WAIT that left the table while its descriptor is open was not closed: keepalive hides leaks so. */
  async #end(gone: readonly TrackedSocket[]): Promise<void> {
    const { owners } = this.#parts;
    const pacer = new Pacer();
    for (const tracked of gone) {
      if (pacer.due()) await pacer.rest();
      this.#finish(tracked, tracked.missedAt ?? tracked.lastSeenAt, owners.stillHeld(tracked) ? 'orphaned' : 'closed');
    }
  }

  /** Another source gives other identities: whether the sockets of the last one live on is not to be told. */
  async #lose(at: number): Promise<void> {
    const pacer = new Pacer();
    for (const tracked of this.#parts.tracker.abandon()) {
      if (pacer.due()) await pacer.rest();
      this.#finish(tracked, at, 'lost');
    }
  }

  #finish(tracked: TrackedSocket, at: number, as: EndedAs): void {
    tracked.ended = { at, as };
    this.#parts.owners.forget(tracked);
    this.#parts.choice.addEnded(tracked);
  }

  async #date({ confirmed }: Findings): Promise<void> {
    const { source, clock, uptimeMs } = this.#parts;
    const pacer = new Pacer();
    for (const tracked of confirmed) {
      if (pacer.due()) await pacer.rest();
      const ages = source.ages(tracked.socket);
      const { previousAt, firstSeenAt } = tracked;
      const askedAt = clock.now();
      tracked.bracket = ageBracket({ previousAt, seenAt: firstSeenAt, ages, askedAt, uptimeMs: uptimeMs() });
      if (ages !== undefined) tracked.learn(ages, askedAt);
    }
  }

  async #snapshot(
    at: number,
    counts: StateCounts,
    told: readonly TrackedSocket[],
    complete: boolean,
  ): Promise<Snapshot> {
    const { clock, intervalMs, nextSeq, place } = this.#parts;
    const instant = clock.asKnown;
    const seq = nextSeq();
    return {
      seq,
      takenAt: instant(at),
      intervalMs,
      netns: place?.netns ?? 0,
      ...(place === undefined ? {} : { namespace: place.namespace() }),
      counts: { ...counts },
      connections: await wireConnections(told, instant, seq),
      complete,
    };
  }
}
