import { type Ports, type Source } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { readPortRange, type PortRange } from '../host/port-range.ts';
import { readCounters } from '../kernel/kernel-reading.ts';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { closesPerSecond, type CounterReading } from './closes.ts';
import { PortTally } from './port-tally.ts';
import { type PortWalk, type Walked } from './port-walk.ts';
import { walkByProc } from './proc-walk.ts';

/** A walk begins so long after the one before, or so much later that it costs no more than its share of a core. */
const LEAST_PACE_MS = 30_000;
const MOST_PACE_MS = 60_000;
const SHARE_OF_CORE = 0.002;
/** Looks do not come to the millisecond. */
const SLACK_MS = 500;
/** A short walk goes with the snapshot it begins in; for a longer one the snapshot does not wait. */
const WAIT_MS = 25;

/** What a walk needs to know before it begins, and what came of it. */
interface Turn {
  readonly range: PortRange | undefined;
  readonly walked: Walked;
}

export interface PortsParts {
  /** Usually /proc. */
  readonly procRoot: string;
  /** How to walk where the sampler looks by this source. */
  readonly walkFor?: (source: Source) => Promise<PortWalk>;
}

/**
 * Ports in use by destination, TIME_WAIT, and FIN_WAIT tuples: from a walk through all sockets, every 30 to 60 s. It
 * goes on between looks, one at a time, and is told with the first look after its end.
 */
export class PortsCollector implements Collector {
  readonly name = 'ports';
  readonly #procRoot: string;
  readonly #walkFor: (source: Source) => Promise<PortWalk>;
  readonly #closing = new AbortController();
  #walking: Promise<void> | undefined;
  #nextAt = -Infinity;
  #turn: Turn | undefined;
  #counters: CounterReading | undefined;
  #missing: readonly string[] = [];

  constructor({ procRoot, walkFor }: PortsParts) {
    this.#procRoot = procRoot;
    this.#walkFor = walkFor ?? ((source) => walkOf(source, procRoot));
  }

  get missing(): readonly string[] {
    return this.#missing;
  }

  async collect(sampled: Pick<Sampled, 'takenAt' | 'table'>): Promise<Addition> {
    if (this.#walking === undefined && sampled.takenAt >= this.#nextAt - SLACK_MS) this.#begin(sampled);
    if (this.#walking !== undefined) await settledWithin(this.#walking, WAIT_MS);
    const turn = this.#turn;
    if (turn === undefined) return {};
    this.#turn = undefined;
    const { tally } = turn.walked;
    return { ports: this.#portsOf(turn, sampled), finWaits: tally.finWaits() };
  }

  /** Ends a walk that is under way. */
  close(): void {
    this.#closing.abort();
  }

  #begin({ takenAt, table }: Pick<Sampled, 'takenAt' | 'table'>): void {
    this.#nextAt = takenAt + MOST_PACE_MS;
    this.#walking = this.#walk(takenAt, table.source, table.listeners.ports).finally(() => {
      this.#walking = undefined;
    });
  }

  /** Never rejects: what fails is told in {@link missing}. */
  async #walk(beganAt: number, source: Source, listening: readonly number[]): Promise<void> {
    try {
      const range = readPortRange(this.#procRoot);
      const walk = await this.#walkFor(source);
      const walked = await walk(() => new PortTally(range, listening), this.#closing.signal);
      const pace = Math.min(Math.max(walked.busyMs / SHARE_OF_CORE, LEAST_PACE_MS), MOST_PACE_MS);
      this.#nextAt = beganAt + pace;
      this.#turn = { range, walked };
      this.#missing = lacksOf(this.#turn);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#missing = [`ports: ${messageOf(error)}`];
    }
  }

  #portsOf({ range, walked: { tally } }: Turn, { takenAt, table }: Pick<Sampled, 'takenAt' | 'table'>): Ports {
    const count = table.counts.time_wait ?? tally.timeWait;
    const before = this.#counters;
    this.#counters = { at: takenAt, values: readCounters(this.#procRoot).values };
    return {
      range: range === undefined ? null : { low: range.low, high: range.high, reserved: range.reserved },
      destinations: tally.pressure(),
      destinationCount: tally.destinations.count,
      closesPerSecond: closesPerSecond(before, this.#counters, count),
      timeWait: { count, max: this.#mostTimeWait() },
    };
  }

  #mostTimeWait(): number | null {
    try {
      const text = readFileSync(join(this.#procRoot, 'sys/net/ipv4/tcp_max_tw_buckets'), 'latin1').trim();
      return /^\d{1,10}$/.test(text) ? Math.min(Number(text), 2_147_483_647) : null;
    } catch {
      return null;
    }
  }
}

function lacksOf({ range, walked: { tally } }: Turn): string[] {
  const lacks: string[] = [];
  if (range === undefined) {
    lacks.push('ports: /proc/sys/net/ipv4/ip_local_port_range tells no range, so no ports in use by destination');
  }
  const { count, leftOut } = tally.destinations;
  if (leftOut > 0)
    lacks.push(
      `ports: no more than ${count} destinations are told apart; ${leftOut} sockets towards others are left out`,
    );
  return lacks;
}

/** The FFI is loaded on demand: where it cannot be, nothing looks by netlink. */
async function walkOf(source: Source, procRoot: string): Promise<PortWalk> {
  if (source === 'procfs') return walkByProc(procRoot);
  const { walkByNetlink } = await import('./netlink-walk.ts');
  return walkByNetlink;
}

/** Waits until it is settled, at most so long. */
async function settledWithin(work: Promise<void>, mostMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, mostMs);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
