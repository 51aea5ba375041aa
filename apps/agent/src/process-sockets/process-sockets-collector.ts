import { type Process, type ProcessSockets, type ProcessTable as WireTable } from '@closewatch/protocol';
import { Pacer } from '../pacer.ts';
import { ProcessTable } from '../processes/process-table.ts';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { SocketRoll } from '../sockets/socket-roll.ts';
import { HolderList } from './holder-list.ts';
import { SocketHolders, type TrackedOwners, type Unfound } from './socket-holders.ts';

/** A turn follows the one before after so long, or so much later that it costs no more than its share of a core. */
const LEAST_PACE_MS = 30_000;
const MOST_PACE_MS = 60_000;
const SHARE_OF_CORE = 0.001;
/** Looks do not come to the millisecond. */
const SLACK_MS = 500;
/** Descriptors followed in one turn, at 7 to 20 µs each; the first begins with nothing to go by. */
const BUDGET = 3_000;
const FIRST_BUDGET = 20_000;
/** Those with most sockets, and as many as the protocol takes where more hold CLOSE_WAIT. */
const MOST_LISTED = 100;
const MOST_ITEMS = 1_000;
const CLOSE_WAIT = 8;
const LISTEN = 10;
/** Below this share of all sockets, those of unknown holders are a matter of the moment: they close while one looks. */
const WORTH_TELLING = 0.05;
const STRIDE = 256;

/** What it needs of a look. */
type Turn = Pick<Sampled, 'startedAt' | 'takenAt'> & { readonly tracker: TrackedOwners };

/** All processes by the states of their sockets, every 30 to 60 s, from a roll that the sampler's own look fills. */
export class ProcessSocketsCollector implements Collector {
  readonly name = 'processes';
  readonly #list: HolderList;
  readonly #holders: SocketHolders;
  readonly #roll = new SocketRoll();
  #called = false;
  #looks = 0;
  #turns = 0;
  #nextAt = -Infinity;
  /** Sockets that have an inode, and so could have a holder, of whom none is known. */
  #unfound = 0;
  #missing: readonly string[] = [];

  /** `procRoot` is usually /proc; `bootedAtMs` dates the kernel's start since 1970. */
  constructor({ procRoot, bootedAtMs }: { readonly procRoot: string; readonly bootedAtMs: number }) {
    this.#list = new HolderList(procRoot, bootedAtMs);
    this.#holders = new SocketHolders(new ProcessTable(procRoot, bootedAtMs), this.#list);
  }

  get missing(): readonly string[] {
    return this.#missing;
  }

  /** Who was told of in the newest table, and whether it listens. */
  *holders(): Generator<{ readonly process: Process; readonly listens: boolean }> {
    for (const holder of this.#list.all()) {
      if (holder.listed) yield { process: holder.process, listens: holder.counts[LISTEN] !== 0 };
    }
  }

  /** From the second look on: then the owners of CLOSE_WAIT sockets are known, and need not be searched for. */
  rollFor(at: number): SocketRoll | undefined {
    this.#called = this.#looks++ > 0 && at >= this.#nextAt - SLACK_MS;
    return this.#called ? this.#roll : undefined;
  }

  async collect({ startedAt, takenAt, tracker }: Turn): Promise<Addition> {
    if (!this.#called) return {};
    this.#called = false;
    const pacer = new Pacer();
    this.#nextAt = startedAt + MOST_PACE_MS;
    const budget = this.#turns++ === 0 ? FIRST_BUDGET : BUDGET;
    const unfound = await this.#holders.update(this.#roll, tracker, { budget, pacer });
    const hidden = new Set<string>();
    const processes = await this.#table(takenAt, hidden, pacer);
    this.#missing = [...this.#lacks(unfound), ...hidden];
    this.#nextAt = startedAt + Math.min(Math.max(pacer.busyMs / SHARE_OF_CORE, LEAST_PACE_MS), MOST_PACE_MS);
    return { processes };
  }

  close(): void {
    // Nothing stays open between two looks.
  }

  async #table(at: number, hidden: Set<string>, pacer: Pacer): Promise<WireTable> {
    const unowned = await this.#count(pacer);
    const all = [...this.#list.all()]
      .map((holder) => ({ holder, total: holder.total }))
      .filter(({ total }) => total > 0);
    all.sort((a, b) => b.total - a.total);
    const listed = [...all.filter(({ holder }, place) => place < MOST_LISTED || holder.counts[CLOSE_WAIT] !== 0)].slice(
      0,
      MOST_ITEMS,
    );
    for (const { holder } of all) holder.listed = false;
    for (const { holder } of listed) holder.listed = true;
    const items: ProcessSockets[] = [];
    for (const { holder } of listed) {
      if (pacer.due()) await pacer.rest();
      const descriptors = await holder.descriptorUse.read(at, hidden, pacer);
      items.push({ process: holder.process, counts: holder.countsByState(), descriptors });
    }
    return { items, others: listed.length < all.length ? await this.#unlisted(pacer) : 0, unowned };
  }

  /** Counts each socket with every process that holds it; returns those that nobody is known to hold. */
  async #count(pacer: Pacer): Promise<number> {
    for (const holder of this.#list.all()) holder.counts.fill(0);
    let unowned = this.#roll.omitted;
    this.#unfound = 0;
    for (let i = 0; i < this.#roll.length; i++) {
      if (i % STRIDE === 0 && pacer.due()) await pacer.rest();
      const holders = this.#holders.of(this.#roll.inode(i));
      if (holders.length === 0) {
        unowned++;
        if (this.#roll.inode(i) !== 0) this.#unfound++;
      }
      for (const holder of holders) holder.count(this.#roll.state(i));
    }
    return unowned;
  }

  /** Sockets that only processes hold that are not listed. */
  async #unlisted(pacer: Pacer): Promise<number> {
    let others = 0;
    for (let i = 0; i < this.#roll.length; i++) {
      if (i % STRIDE === 0 && pacer.due()) await pacer.rest();
      const holders = this.#holders.of(this.#roll.inode(i));
      if (holders.length > 0 && !holders.some(({ listed }) => listed)) others++;
    }
    return others;
  }

  #lacks({ notLookedUp, hidden }: Unfound): string[] {
    const { length, omitted } = this.#roll;
    const lacks: string[] = [];
    if (omitted > 0)
      lacks.push(`processes: owners are looked up of ${length} sockets at most; ${omitted} are left out`);
    if (notLookedUp > length * WORTH_TELLING) {
      lacks.push(
        `processes: ${notLookedUp} of ${length} sockets have not been looked up yet: a turn follows ${BUDGET} descriptors at most`,
      );
    }
    if (hidden && this.#unfound - notLookedUp > length * WORTH_TELLING) {
      lacks.push(
        `processes: some may not be looked into, and their sockets count as unowned: CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, and a /proc without hidepid, would show them`,
      );
    }
    return lacks;
  }
}
