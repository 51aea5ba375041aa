import { type Snapshot } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { type OtherNamespaces } from '../namespaces/other-namespaces.ts';
import { type OwnedSockets, type SurveyRounds } from '../processes/survey-rounds.ts';
import { type Sampler } from './sampler.ts';
import { type ServerClock } from './server-clock.ts';

export interface HostSamplerParts {
  /** Of the agent's own network namespace, and what it follows. */
  readonly own: Sampler;
  readonly ownSockets: OwnedSockets;
  readonly others: OtherNamespaces;
  readonly surveys: SurveyRounds;
  readonly clock: ServerClock;
}

/** Makes the snapshots of a host: at each interval one of the agent's own network namespace, and those of others in turn. */
export class HostSampler {
  readonly #parts: HostSamplerParts;
  #trouble: readonly string[] = [];

  constructor(parts: HostSamplerParts) {
    this.#parts = parts;
  }

  /** What the newest looks could not tell, in words a person can act on. */
  get missing(): readonly string[] {
    return [...this.#parts.own.missing, ...this.#parts.others.missing, ...this.#trouble];
  }

  /** Of all network namespaces, the own one first. */
  get trackers(): readonly LeakTracker[] {
    return [this.#parts.ownSockets, ...this.#parts.others.sockets].map(({ tracker }) => tracker);
  }

  /** The snapshots of one interval, the own one first. Never throws. */
  async *round(): AsyncGenerator<Snapshot> {
    const { own, ownSockets, others, surveys, clock } = this.#parts;
    this.#trouble = [];
    try {
      await surveys.advance([ownSockets, ...others.sockets], clock.now());
    } catch (error) {
      this.#trouble = [`owners: ${messageOf(error)}`];
    }
    yield await own.next();
    yield* others.turn();
  }

  /** See {@link Sampler.untell}. */
  untell(seqs: ReadonlySet<number>): void {
    this.#parts.own.untell(seqs);
    this.#parts.others.untell(seqs);
  }

  /** Lets go of what is held open, but for the own namespace's source. */
  async close(): Promise<void> {
    this.#parts.own.close();
    await this.#parts.others.close();
  }
}
