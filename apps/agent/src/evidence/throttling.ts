import { type ProcessEvidence } from '@closewatch/protocol';
import { join } from 'node:path';
import { QUOTA_FILE, isQuota, throttledIn, type Throttled } from './cgroup-cpu.ts';
import { cgroupMountsIn, cpuCgroupIn, folderOf, upwardsFrom, type CgroupMount } from './cgroup-mounts.ts';
import { isGone, readText } from './proc-text.ts';

/** Where a process is held back: the control groups above it that have a quota. */
export interface QuotaPath {
  readonly version: 1 | 2;
  /** Their folders, the nearest first. */
  readonly folders: readonly string[];
  /** Why they cannot be told, in words a person can act on. */
  readonly missing: string | undefined;
}

type Throttling = ProcessEvidence['throttling'];

interface Meter {
  readonly turn: number;
  readonly at: number;
  readonly throttled: Throttled;
  readonly rate: { readonly times: number; readonly ms: number } | undefined;
}

export const OUTSIDE =
  "CFS throttling: its control group lies outside the agent's; run the agent in the host's cgroup namespace (--cgroupns=host) with its cgroup file system";
export const NOT_MOUNTED =
  'CFS throttling: no cgroup file system with the cpu controller is mounted where the agent runs';
const UNTOLD = 'CFS throttling: cpu.stat of its control group does not tell it';

/** Mounts hardly change while the host is up. */
const MOUNTS_HOLD_MS = 300_000;
/** Turns after which a control group that nobody asked about is forgotten. */
const TURNS_KEPT = 128;

/** How hard the CFS quotas of control groups hold their processes back, each read once a turn. */
export class ThrottlingMeters {
  readonly #procRoot: string;
  readonly #now: () => number;
  readonly #meters = new Map<string, Meter>();
  #mounts: { readonly at: number; readonly list: readonly CgroupMount[] } | undefined;
  #turn = 0;

  /** `procRoot` is usually /proc; `now`: milliseconds on the monotonic clock. */
  constructor(procRoot: string, now: () => number) {
    this.#procRoot = procRoot;
    this.#now = now;
  }

  /** A look at several processes begins. */
  beginTurn(): void {
    this.#turn++;
    for (const [folder, { turn }] of this.#meters) if (this.#turn - turn > TURNS_KEPT) this.#meters.delete(folder);
  }

  /** The quotas over a process now; both it and they may change. Undefined when it is gone. */
  pathOf(pid: number): QuotaPath | undefined {
    const text = readText(join(this.#procRoot, String(pid), 'cgroup'));
    if (typeof text !== 'string') return undefined;
    const cgroup = cpuCgroupIn(text);
    const none = { version: cgroup?.version ?? 2, folders: [] };
    if (cgroup === undefined) return { ...none, missing: undefined };
    const mounts = this.#mountsNow();
    if (!mounts.some(({ version }) => version === cgroup.version)) return { ...none, missing: NOT_MOUNTED };
    const place = folderOf(cgroup, mounts);
    if (place === undefined) return { ...none, missing: OUTSIDE };
    const folders = upwardsFrom(place).filter((folder) => {
      const quota = readText(join(folder, QUOTA_FILE[place.version]));
      return typeof quota === 'string' && isQuota(quota);
    });
    return { version: place.version, folders, missing: undefined };
  }

  /**
   * The rate of the quota that holds hardest, since the last turn that asked; null without a quota, and before the
   * second look at it.
   */
  rateOver({ version, folders }: QuotaPath): { throttling: Throttling; missing: string | undefined } {
    let hardest: Meter['rate'];
    let missing: string | undefined;
    for (const folder of folders) {
      const meter = this.#read(folder, version);
      if (meter === 'untold') missing = UNTOLD;
      else if (meter?.rate && meter.rate.ms >= (hardest?.ms ?? 0)) hardest = meter.rate;
    }
    const throttling: Throttling =
      hardest === undefined
        ? null
        : { cgroupVersion: version, throttledPerSecond: hardest.times, throttledMsPerSecond: hardest.ms };
    return { throttling, missing };
  }

  #read(folder: string, version: 1 | 2): Meter | 'untold' | undefined {
    const before = this.#meters.get(folder);
    if (before?.turn === this.#turn) return before;
    const text = readText(join(folder, 'cpu.stat'));
    if (typeof text !== 'string') return isGone(text) ? undefined : 'untold';
    const throttled = throttledIn(text, version);
    if (throttled === undefined) return 'untold';
    const at = this.#now();
    const meter = { turn: this.#turn, at, throttled, rate: before && rateBetween(before, { throttled, at }) };
    this.#meters.set(folder, meter);
    return meter;
  }

  #mountsNow(): readonly CgroupMount[] {
    const now = this.#now();
    if (this.#mounts === undefined || now - this.#mounts.at > MOUNTS_HOLD_MS) {
      const text = readText(join(this.#procRoot, 'self/mountinfo'));
      this.#mounts = { at: now, list: typeof text === 'string' ? cgroupMountsIn(text) : [] };
    }
    return this.#mounts.list;
  }
}

/** Undefined where it went back: another control group goes by the name. */
function rateBetween(from: Pick<Meter, 'throttled' | 'at'>, to: Pick<Meter, 'throttled' | 'at'>): Meter['rate'] {
  const seconds = (to.at - from.at) / 1_000;
  const times = to.throttled.times - from.throttled.times;
  const ms = to.throttled.ms - from.throttled.ms;
  return !(seconds > 0) || times < 0 || ms < 0 ? undefined : { times: times / seconds, ms: ms / seconds };
}
