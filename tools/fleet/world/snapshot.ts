import type { Snapshot } from '@closewatch/protocol';
import { evidenceOf, orphansOf, pressureOf } from './evidence-section.ts';
import { type HostPlan, type Place } from './host.ts';
import { kernelOf } from './kernel-section.ts';
import { placeLoad, type PlaceLoad } from './load.ts';
import { hasTurn, lookAt, lookedAt, seqOf, turnOf, type Look } from './looks.ts';
import { finWaitsOf, portsOf } from './ports-section.ts';
import { processTable, turnoverOf } from './process-section.ts';
import { mix } from './random.ts';
import { type Telling } from './telling.ts';
import { type Run } from './timeline.ts';
import { toldConnections } from './told-connections.ts';

/** What one look of an agent makes: a snapshot of each network namespace that has its turn, under one run. */
export interface Round {
  readonly run: Run;
  readonly snapshots: Snapshot[];
}

/** Everything about the kernel is told again so often. */
const ALL_KERNEL_EVERY_MS = 600_000;
/** A list of so many orphans is told of less often. */
const FEW_ORPHANS = 100;
const NS_INODE = 4_026_532_000;

/**
 * What the agent of a host tells with the look of this number (dueAt of looks.ts says when that is); undefined while host
 * or agent are away. The same arguments always give the same. `full`: everything there is to tell, as of a run that begins
 * or when the server asks.
 */
export function roundAt(plan: HostPlan, number: number, telling: Telling, full = false): Round | undefined {
  const look = lookAt(plan, telling.intervalMs, number);
  if (look === undefined) return undefined;
  const places = plan.places.filter((place) => hasTurn(place, look, telling.intervalMs));
  return { run: look.run, snapshots: places.map((place) => snapshotOf(plan, place, look, telling, full)) };
}

function snapshotOf(plan: HostPlan, place: Place, look: Look, telling: Telling, full: boolean): Snapshot {
  const { intervalMs } = telling;
  const load = placeLoad(plan, place, look.run.bootedMs, look.atMs);
  return {
    seq: seqOf(plan, place, look, intervalMs),
    takenAt: new Date(look.atMs).toISOString(),
    intervalMs: place.netns === 0 ? intervalMs : intervalMs * turnOf(intervalMs),
    netns: place.netns,
    ...(place.containerId === undefined ? {} : { namespace: namespaceOf(place) }),
    counts: load.counts,
    ...toldConnections(plan, place, look, telling, full),
    ...(place.netns === 0 && look.nth === 0
      ? { events: [{ at: new Date(look.atMs).toISOString(), kind: 'started' as const, after: look.run.after }] }
      : {}),
    ...sectionsOf(plan, place, look, load, telling, full),
    ...(telling.newest ? newestOf(plan, place, look, load, intervalMs, full) : {}),
  };
}

function namespaceOf(place: Place): Snapshot['namespace'] {
  const [service] = place.services;
  const name = service?.program.executable.split('/').at(-1) ?? 'container';
  return {
    inode: NS_INODE + (mix(place.key, 2) % 900),
    name,
    ...(place.containerId === undefined ? {} : { containerId: place.containerId }),
  };
}

/** Processes and ports, when it is their turn, from the second look of a run on. */
function sectionsOf(
  plan: HostPlan,
  place: Place,
  look: Look,
  load: PlaceLoad,
  { intervalMs, sectionsEveryMs }: Telling,
  full: boolean,
): Partial<Snapshot> {
  const every = Math.max(place.netns === 0 ? 1 : turnOf(intervalMs), Math.round(sectionsEveryMs / intervalMs));
  const isTurn = place.netns === 0 ? look.nth % every === 1 % every : look.nth % every === 0;
  if (!isTurn && !full) return {};
  return {
    processes: processTable(place, load, look.run.bootedMs, look.atMs),
    ports: portsOf(plan, place, load, look.atMs),
  };
}

/** What the server keeps the newest of. */
function newestOf(
  plan: HostPlan,
  place: Place,
  look: Look,
  load: PlaceLoad,
  intervalMs: number,
  full: boolean,
): Partial<Snapshot> {
  const { atMs, run, number, nth } = look;
  const turn = place.netns === 0 ? 1 : turnOf(intervalMs);
  const before = nth < turn ? undefined : lookedAt(plan, intervalMs, number - turn);
  const evidence = evidenceOf(place, load, { atMs, watchedMs: atMs - run.startedMs, intervalMs: intervalMs * turn });
  const orphans = orphansOf(place, load, atMs);
  const turnover = before === undefined ? [] : turnoverOf(plan, place, before, atMs);
  const allKernel = full || before === undefined || atMs % ALL_KERNEL_EVERY_MS < intervalMs * turn;
  const kernel = kernelOf(plan, place, run, allKernel ? undefined : before, atMs);
  const slowTurn = full || nth % turnOf(intervalMs) === 0;
  return {
    ...(before === undefined ? {} : { evidence, pressureStall: pressureOf(plan, atMs) }),
    ...(orphans.count > 0 || nth === turn || full ? (orphans.count <= FEW_ORPHANS || slowTurn ? { orphans } : {}) : {}),
    ...(turnover.length === 0 ? {} : { turnover }),
    ...(Object.keys(kernel).length === 0 ? {} : { kernel }),
    ...(slowTurn ? { finWaits: finWaitsOf(place, load, atMs) } : {}),
  };
}
