import { type Namespace, type Snapshot } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { ProgressCollector } from '../leaks/progress-collector.ts';
import { TurnoverCollector } from '../leaks/turnover-collector.ts';
import { type OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { type OwnedSockets } from '../processes/survey-rounds.ts';
import { Sampler, UNMEASURED, type SamplerParts } from '../sampling/sampler.ts';
import { type ContainerNames } from './container-names.ts';
import { FollowedNamespace } from './followed-namespace.ts';
import { type Doors } from './namespace-door.ts';
import { type FoundNamespace, type NamespaceFinder } from './namespace-finder.ts';
import { lacksOf } from './namespace-lacks.ts';
import { eldestOf, nameNamespace } from './namespace-name.ts';
import { type NamespaceNumbers } from './namespace-numbers.ts';
import { chosenForTurn, roundMs } from './sampling-turns.ts';

/** What every namespace is sampled with. */
export type SharedParts = Pick<SamplerParts, 'clock' | 'nextSeq' | 'behind' | 'uptimeMs'>;

export interface OtherNamespacesParts extends SharedParts {
  /** Usually /proc. */
  readonly procRoot: string;
  readonly bootId: string;
  readonly finder: NamespaceFinder;
  readonly doors: Doors;
  readonly numbers: NamespaceNumbers;
  readonly containers: ContainerNames;
  readonly owners: OwnerFinder;
  /** Between two turns. */
  readonly tickMs: number;
  /** What is missing where there are other namespaces, for want of a capability. */
  readonly lacking: string | undefined;
}

/** Bounds memory and descriptors: three for each. */
const MOST_FOLLOWED = 64;
const SCAN_EVERY_MS = 30_000;

/**
 * The other network namespaces of this host: finds them, and samples them in turn through descriptors that are kept
 * open. Once nobody is in a namespace it tells a last time of it and lets go, for a kept descriptor keeps it alive.
 */
export class OtherNamespaces {
  readonly #parts: OtherNamespacesParts;
  readonly #followed = new Map<number, FollowedNamespace>();
  /** Nobody is in them any more, and not all of it is told. */
  #ending: FollowedNamespace[] = [];
  #scannedAt = Number.NEGATIVE_INFINITY;
  #roundMs: number;
  #unopened = new Map<number, string>();
  #tooMany = 0;
  #trouble: string | undefined;

  constructor(parts: OtherNamespacesParts) {
    this.#parts = parts;
    this.#roundMs = roundMs([], parts.tickMs);
  }

  /** The tracked sockets of all that are followed. */
  get sockets(): readonly OwnedSockets[] {
    return [...this.#followed.values()];
  }

  /** What is not told of them, in words a person can act on; nothing on a host without other namespaces. */
  get missing(): readonly string[] {
    const { lacking, numbers } = this.#parts;
    return lacksOf({
      followed: [...this.#followed.values()],
      unopened: [...this.#unopened.values()],
      tooMany: this.#tooMany,
      general: [lacking, numbers.missing],
      trouble: this.#trouble,
    });
  }

  /** The snapshots of those whose turn it is; to be called once in `tickMs`. Never throws. */
  async *turn(): AsyncGenerator<Snapshot> {
    const { clock, finder, tickMs } = this.#parts;
    const now = clock.now();
    const someLeft = [...this.#followed.values()].some(({ found, eldest }) => !finder.isHeld(found, eldest?.pid));
    if (someLeft || now - this.#scannedAt >= SCAN_EVERY_MS - tickMs / 2) {
      const isWhole = await this.#scan(now);
      await this.#parts.numbers.keep();
      if (isWhole) yield* this.#farewells();
    }
    yield* this.#ends();
    await this.#parts.numbers.keep();
    const all = [...this.#followed.values()];
    this.#roundMs = roundMs(all, tickMs);
    for (const followed of chosenForTurn(all, now, this.#roundMs, tickMs)) yield await followed.sample(clock.now());
  }

  /** See {@link Sampler.untell}. */
  untell(seqs: ReadonlySet<number>): void {
    for (const followed of this.#followed.values()) followed.untell(seqs);
  }

  async close(): Promise<void> {
    for (const followed of [...this.#followed.values(), ...this.#ending]) followed.letGo();
    await this.#parts.doors.close();
  }

  /** Returns whether it could look for them: who was not looked for has not ended. */
  async #scan(now: number): Promise<boolean> {
    let found: Map<number, FoundNamespace>;
    try {
      found = new Map((await this.#parts.finder.find()).map((namespace) => [namespace.inode, namespace]));
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = `other network namespaces cannot be looked for: ${messageOf(error)}`;
      return false;
    }
    this.#scannedAt = now;
    for (const [inode, followed] of this.#followed) {
      const again = found.get(inode);
      if (again !== undefined) this.#renew(followed, again);
      else {
        this.#followed.delete(inode);
        this.#ending.push(followed);
      }
    }
    this.#tooMany = 0;
    this.#unopened = new Map();
    for (const [inode, namespace] of found) {
      if (this.#followed.has(inode)) continue;
      if (this.#followed.size >= MOST_FOLLOWED) this.#tooMany++;
      else await this.#follow(namespace, now);
    }
    return true;
  }

  /** A process that begins in it, or becomes another program, may change what it is called. */
  #renew(followed: FollowedNamespace, found: FoundNamespace): void {
    const { procRoot, finder, containers, numbers } = this.#parts;
    const before = followed.namespace;
    followed.found = found;
    const stays = followed.eldest !== undefined && finder.isHeld(found, followed.eldest.pid);
    const eldest = stays ? followed.eldest : eldestOf(procRoot, found);
    const namespace = nameNamespace(procRoot, found, eldest, containers, before);
    if (namespace.name === before.name && eldest?.pid === followed.eldest?.pid) return;
    followed.eldest = eldest;
    followed.namespace = namespace;
    numbers.renew(followed.number, namespace, eldest);
  }

  async #follow(found: FoundNamespace, now: number): Promise<void> {
    const { procRoot, bootId, doors, numbers, containers, owners, clock, nextSeq, behind, uptimeMs } = this.#parts;
    const eldest = eldestOf(procRoot, found);
    const namespace = nameNamespace(procRoot, found, eldest, containers);
    try {
      const door = await doors.open(found);
      const { inode } = found;
      const mark = { inode, cookie: door.cookie, eldest, name: namespace.name };
      const number = numbers.numberOf(mark, namespace);
      const instant = (at: number): string => clock.instant(at);
      const tracker = new LeakTracker({ bootId, namespaceInode: inode }, instant, door.isEphemeral);
      const keeper = new OwnerKeeper(owners);
      const shared = { source: door.source, tracker, owners: keeper, clock, nextSeq, behind, uptimeMs };
      const place = { netns: number, namespace: (): Namespace => followed.namespace };
      const intervalMs = (): number => this.#roundMs;
      const choice = new ConnectionChoice();
      const sampler = new Sampler({
        ...shared,
        choice,
        place,
        collectors: [new ProgressCollector(door.source, () => clock.now()), new TurnoverCollector()],
        get intervalMs() {
          return intervalMs();
        },
      });
      const parts = { number, door, sampler, tracker, owners: keeper };
      const followed: FollowedNamespace = new FollowedNamespace(parts, found, namespace, eldest);
      followed.changedAt = now;
      this.#followed.set(inode, followed);
    } catch (error) {
      this.#unopened.set(found.inode, `network namespace ${namespace.name}: ${messageOf(error)}`);
    }
  }

  /** Of those that ended while no agent ran: what the server has of them is to end. */
  *#farewells(): Generator<Snapshot> {
    const { numbers } = this.#parts;
    if (this.#tooMany > 0) return;
    for (const { number, namespace } of numbers.departed()) {
      if (this.#unopened.has(namespace.inode)) continue;
      yield this.#farewell(number, namespace);
      numbers.forget(number);
    }
  }

  #farewell(netns: number, namespace: Namespace): Snapshot {
    const { clock, nextSeq } = this.#parts;
    const takenAt = clock.instant(clock.now());
    const nothing = { counts: { ...UNMEASURED }, connections: [], complete: true };
    return { seq: nextSeq(), takenAt, intervalMs: this.#roundMs, netns, namespace, ...nothing };
  }

  async *#ends(): AsyncGenerator<Snapshot> {
    const ending = this.#ending;
    this.#ending = [];
    for (const followed of ending) {
      const snapshot = await followed.finish();
      yield snapshot;
      if (snapshot.complete) this.#parts.numbers.forget(followed.number);
      else this.#ending.push(followed);
    }
  }
}
