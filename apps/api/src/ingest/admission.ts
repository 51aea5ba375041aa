import { type Agent } from '@closewatch/protocol';
import { type HostRecord } from './host-record.ts';
import { type HostUpdate } from './hosts.queries.ts';
import { type ParsedPush } from './push-parser.ts';
import { isSameRun, judgeRun, type Run } from './run-judgement.ts';

/** A push on its way to the database: at least one item. */
export type PushToWrite = Pick<ParsedPush, 'header' | 'items'>;

/** What a run has told so far. */
type KnownRun = Pick<
  HostRecord,
  'runId' | 'bootId' | 'machineId' | 'since' | 'until' | 'intervalMs' | 'syncedRunId' | 'agent'
>;

export interface Admission {
  /** Pushes that are stored; the others come from clones. */
  readonly admitted: ReadonlySet<PushToWrite>;
  /** What hosts become by those pushes that speak for them, by agentId. */
  readonly updates: ReadonlyMap<string, HostUpdate>;
}

/** The clock's offset is measured anew with each push; by less than this it is the same. */
const SAME_OFFSET_MS = 50;

/** Decides which pushes, in the order in which they came, may speak for their hosts, and what that makes of the hosts. */
export function admit(pushes: readonly PushToWrite[], known: ReadonlyMap<string, HostRecord>, now: number): Admission {
  const runs = new Map<string, KnownRun>(known);
  const admitted = new Set<PushToWrite>();
  const updates = new Map<string, HostUpdate>();
  for (const push of pushes) {
    const { agentId } = push.header;
    const run = runOf(push);
    const before = runs.get(agentId);
    let newest = -Infinity;
    for (const { standsAt } of push.items) newest = Math.max(newest, standsAt);
    const judgement = judgeRun(before, run, newest, now);
    if (judgement === 'cloned') continue;
    admitted.add(push);
    if (judgement === 'earlier') continue;
    const update = hostUpdate(push, before, newest);
    updates.set(agentId, update);
    runs.set(agentId, { ...update, ...run, agent: update.header.agent });
  }
  return { admitted, updates };
}

/** Whether an update says more of a host than that it lives, which host_latest says. */
export function changesHost(known: HostRecord | undefined, { header, ...update }: HostUpdate): boolean {
  return (
    known === undefined ||
    header.runId !== known.runId ||
    header.bootId !== known.bootId ||
    update.since !== known.since ||
    update.intervalMs !== known.intervalMs ||
    update.syncedRunId !== known.syncedRunId ||
    changesAgent(known.agent, header.agent)
  );
}

function changesAgent(known: Agent, told: Agent): boolean {
  return (
    told.hostname !== known.hostname ||
    told.machineId !== known.machineId ||
    told.version !== known.version ||
    told.kernel !== known.kernel ||
    told.source !== known.source ||
    Math.abs(told.clockOffsetMs - known.clockOffsetMs) >= SAME_OFFSET_MS ||
    !sameTexts(told.capabilities, known.capabilities) ||
    !sameTexts(told.missing, known.missing)
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function runOf({ header: { runId, bootId, agent } }: PushToWrite): Run {
  return { runId, bootId, machineId: agent.machineId };
}

/** A push older than what its run has told says of the host only since when it runs, and whether all of it is known. */
function hostUpdate(push: PushToWrite, known: KnownRun | undefined, newest: number): HostUpdate {
  const { header, items } = push;
  const late = known !== undefined && newest < known.until && isSameRun(runOf(push), known) ? known : undefined;
  let oldest = Infinity;
  let complete = false;
  let longest = 0;
  // Other namespaces are sampled less often, which is no measure of how the host is.
  let newestOwn: PushToWrite['items'][number]['snapshot'] | undefined;
  for (const { snapshot, standsAt } of items) {
    oldest = Math.min(oldest, standsAt);
    longest = Math.max(longest, snapshot.intervalMs);
    if (snapshot.netns !== 0) continue;
    complete ||= snapshot.complete;
    if (newestOwn === undefined || snapshot.takenAt >= newestOwn.takenAt) newestOwn = snapshot;
  }
  return {
    header: late === undefined ? header : { ...header, agent: late.agent },
    since: known?.runId === header.runId ? Math.min(known.since, oldest) : oldest,
    until: Math.max(known?.until ?? -Infinity, newest),
    intervalMs: late?.intervalMs ?? newestOwn?.intervalMs ?? known?.intervalMs ?? longest,
    syncedRunId: complete ? header.runId : (known?.syncedRunId ?? null),
  };
}
