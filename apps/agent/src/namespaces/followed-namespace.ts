import { type Namespace, type Snapshot } from '@closewatch/protocol';
import { type LeakTracker } from '../leaks/leak-tracker.ts';
import { type OwnerKeeper } from '../processes/owner-keeper.ts';
import { type OwnedSockets } from '../processes/survey-rounds.ts';
import { type Sampler } from '../sampling/sampler.ts';
import { type NamespaceDoor } from './namespace-door.ts';
import { type FoundNamespace } from './namespace-finder.ts';
import { type Eldest } from './namespace-name.ts';
import { type TurnHistory } from './sampling-turns.ts';

/** What following one namespace takes. */
export interface FollowedParts {
  readonly number: number;
  readonly door: NamespaceDoor;
  readonly sampler: Sampler;
  readonly tracker: LeakTracker;
  readonly owners: OwnerKeeper;
}

/** One of the other namespaces while the agent follows it. Times in milliseconds on the monotonic clock. */
export class FollowedNamespace implements TurnHistory, OwnedSockets {
  readonly number: number;
  readonly tracker: LeakTracker;
  readonly owners: OwnerKeeper;
  /** As it was found last. */
  found: FoundNamespace;
  namespace: Namespace;
  eldest: Eldest | undefined;
  looks = 0;
  sampledAt = 0;
  changedAt = 0;
  costMs = 0;
  readonly #door: NamespaceDoor;
  readonly #sampler: Sampler;
  #counts = '';
  #open = true;

  constructor(parts: FollowedParts, found: FoundNamespace, namespace: Namespace, eldest: Eldest | undefined) {
    this.number = parts.number;
    this.tracker = parts.tracker;
    this.owners = parts.owners;
    this.#door = parts.door;
    this.#sampler = parts.sampler;
    this.found = found;
    this.namespace = namespace;
    this.eldest = eldest;
  }

  /** What the newest look could not tell, and the way in that had to be taken. */
  get missing(): readonly string[] {
    const { lacks } = this.#door;
    return lacks === undefined ? this.#sampler.missing : [lacks, ...this.#sampler.missing];
  }

  /** The next snapshot of it. */
  async sample(now: number): Promise<Snapshot> {
    const before = process.threadCpuUsage();
    const snapshot = await this.#sampler.next();
    const { user, system } = process.threadCpuUsage(before);
    this.costMs = (user + system) / 1000;
    this.looks++;
    this.sampledAt = now;
    const counts = Object.values(snapshot.counts).join();
    if (counts !== this.#counts) this.changedAt = now;
    this.#counts = counts;
    return snapshot;
  }

  /** The last look, and then lets go of it; when that did not tell of all ends, again what is left. */
  async finish(): Promise<Snapshot> {
    const snapshot = await this.#sampler.last();
    this.letGo();
    return snapshot;
  }

  untell(seqs: ReadonlySet<number>): void {
    this.#sampler.untell(seqs);
  }

  letGo(): void {
    if (this.#open) this.#door.close();
    this.#open = false;
  }
}
