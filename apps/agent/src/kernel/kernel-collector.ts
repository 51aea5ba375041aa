import { type KernelCounter, type KernelFacts, type KernelSysctl } from '@closewatch/protocol';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { readCounters, readFileHandles, readSysctls } from './kernel-reading.ts';

/** A snapshot may get lost on its way: what was told is told again. */
const TELL_ALL_EVERY_MS = 600_000;
/** Settings change when somebody changes them. */
const SYSCTLS_EVERY_MS = 30_000;

/** What the server was told last, by name. */
interface Told {
  readonly at: number;
  readonly counters: Map<KernelCounter, number>;
  readonly sysctls: Map<KernelSysctl, string>;
  fileHandles: KernelFacts['fileHandles'];
}

/**
 * Counters and settings of the kernel: with the first snapshot and every ten minutes all of them, in between what has
 * changed since it was told.
 */
export class KernelCollector implements Collector {
  readonly name = 'kernel';
  readonly #procRoot: string;
  #told: Told | undefined;
  #sysctlsAt = -Infinity;
  #missingSysctls: readonly string[] = [];
  #missingCounters: readonly string[] = [];

  /** `procRoot` is usually /proc. */
  constructor(procRoot: string) {
    this.#procRoot = procRoot;
  }

  get missing(): readonly string[] {
    return [...this.#missingCounters, ...this.#missingSysctls];
  }

  collect({ takenAt }: Pick<Sampled, 'takenAt'>): Promise<Addition> {
    const kernel = this.#news(takenAt);
    return Promise.resolve(Object.keys(kernel).length === 0 ? {} : { kernel });
  }

  retell(): void {
    this.#told = undefined;
  }

  close(): void {
    // Nothing stays open between two looks.
  }

  #news(at: number): KernelFacts {
    if (this.#told === undefined || at - this.#told.at >= TELL_ALL_EVERY_MS) {
      this.#told = { at, counters: new Map(), sysctls: new Map(), fileHandles: undefined };
      this.#sysctlsAt = -Infinity;
    }
    const told = this.#told;
    const counters = readCounters(this.#procRoot);
    this.#missingCounters = counters.missing;
    return {
      ...named('counters', changed(counters.values, told.counters)),
      ...named('sysctls', this.#changedSysctls(at, told)),
      ...this.#changedFileHandles(told),
    };
  }

  #changedSysctls(at: number, told: Told): Partial<Record<KernelSysctl, string>> {
    if (at - this.#sysctlsAt < SYSCTLS_EVERY_MS) return {};
    this.#sysctlsAt = at;
    const { values, missing } = readSysctls(this.#procRoot);
    this.#missingSysctls = missing;
    return changed(values, told.sysctls);
  }

  #changedFileHandles(told: Told): Pick<KernelFacts, 'fileHandles'> {
    const now = readFileHandles(this.#procRoot);
    const before = told.fileHandles;
    if (now === undefined || (now.allocated === before?.allocated && now.max === before.max)) return {};
    told.fileHandles = now;
    return { fileHandles: now };
  }
}

/** Those of `now` that are not as they were told; from here on they are. */
function changed<Name extends string, Value>(
  now: ReadonlyMap<Name, Value>,
  told: Map<Name, Value>,
): Partial<Record<Name, Value>> {
  const news: Partial<Record<Name, Value>> = {};
  for (const [name, value] of now) {
    if (told.get(name) === value) continue;
    told.set(name, value);
    news[name] = value;
  }
  return news;
}

/** `{key: values}`, or nothing when there are none. */
function named<Key extends string, Values extends object>(key: Key, values: Values): Partial<Record<Key, Values>> {
  const entry: Partial<Record<Key, Values>> = {};
  if (Object.keys(values).length > 0) entry[key] = values;
  return entry;
}
