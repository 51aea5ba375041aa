import { type Agent, type Source } from '@closewatch/protocol';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type Environment } from '../environment.ts';
import { EvidenceCollector } from '../evidence/evidence-collector.ts';
import { readOrMakeAgentId } from '../host/agent-id.ts';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { KernelCollector } from '../kernel/kernel-collector.ts';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { ProgressCollector } from '../leaks/progress-collector.ts';
import { TurnoverCollector } from '../leaks/turnover-collector.ts';
import { type Log } from '../log.ts';
import { PortsCollector } from '../ports/ports-collector.ts';
import { openOtherNamespaces } from '../namespaces/open-other-namespaces.ts';
import { OrphansCollector } from '../processes/orphans-collector.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { SurveyRounds } from '../processes/survey-rounds.ts';
import { every } from '../sampling/every.ts';
import { HostSampler } from '../sampling/host-sampler.ts';
import { Sampler } from '../sampling/sampler.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { chooseSource } from '../sockets/choose-source.ts';
import { Courier } from '../uplink/courier.ts';
import { learnFromFirstReply } from '../uplink/first-reply.ts';
import { Outbox } from '../uplink/outbox.ts';
import { UPLINK_POLICY } from '../uplink/uplink-states.ts';
import { Uplink } from '../uplink/uplink.ts';
import { VERSION } from '../version.ts';
import { Lacks } from './lacks.ts';
import { untilTold } from './stop-signals.ts';

export interface RunOptions {
  readonly environment: Environment;
  readonly source: Source | undefined;
  readonly procRoot: string;
  readonly log: Log;
}

const PUSH_TIMEOUT_MS = 30_000;
const LAST_FLUSH_MS = 1_000;
/** A server that is there replies within this; for one that is away the first snapshot does not wait longer. */
const FIRST_REPLY_MS = 2_000;
/** So many undelivered snapshots are more than a slow answer, and so many characters a large part of what the outbox holds. */
const PILE = 12;
const PILE_SIZE = 8 * 1024 * 1024;

/** What `closewatch-agent run` does: samples and pushes until it is told to stop. Throws when it cannot begin. */
export async function run(options: RunOptions): Promise<void> {
  const stop = untilTold();
  try {
    await sampleAndPush(options, stop.signal);
  } finally {
    stop.release();
  }
}

async function sampleAndPush(
  { environment, source: forced, procRoot, log }: RunOptions,
  stop: AbortSignal,
): Promise<void> {
  const { server, token, hostname, intervalMs } = environment;
  const agentId = readOrMakeAgentId(environment.dataFolder);
  const facts = readHostFacts(procRoot);
  const source = await chooseSource(procRoot, forced);
  const clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  const outbox = new Outbox();
  let seq = 0;
  const finder = new OwnerFinder(procRoot, facts.bootedAtMs);
  const shared = {
    clock,
    nextSeq: () => seq++,
    behind: () => outbox.length >= PILE || outbox.size >= PILE_SIZE,
    uptimeMs: () => Date.now() - facts.bootedAtMs,
  };
  const tracker = new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts(procRoot));
  const owners = new OwnerKeeper(finder);
  const own = new Sampler({
    ...shared,
    source,
    tracker,
    choice: new ConnectionChoice(),
    owners,
    collectors: [
      new ProgressCollector(source, () => clock.now()),
      new TurnoverCollector(),
      new OrphansCollector(finder.orphans, (at) => clock.instant(at)),
      new EvidenceCollector({
        procRoot,
        ...facts,
        architecture: process.arch,
        now: () => clock.now(),
        orphansOf: () => finder.orphans.held(),
      }),
      new KernelCollector(procRoot),
      new PortsCollector({ procRoot }),
    ],
    trackers: () => sampler.trackers,
    intervalMs,
  });
  const { dataFolder } = environment;
  const others = openOtherNamespaces({ ...shared, procRoot, dataFolder, facts, forced, owners: finder, intervalMs });
  const surveys = new SurveyRounds(finder);
  const sampler: HostSampler = new HostSampler({ own, ownSockets: { tracker, owners }, others, surveys, clock });
  const describe = (): Agent => ({
    version: VERSION,
    hostname,
    machineId: facts.machineId,
    kernel: facts.kernel,
    source: source.name,
    capabilities: [...facts.capabilities],
    missing: [...facts.missing, ...sampler.missing].map((text) => text.slice(0, 512)),
    clockOffsetMs: clock.offsetMs,
  });
  const identity = { agentId, runId: randomUUID(), bootId: facts.bootId };
  const courier = new Courier({ server, token, ...identity, describe, clock, timeoutMs: PUSH_TIMEOUT_MS });
  const uplink = new Uplink({
    outbox,
    deliver: (parcels, signal) => courier.deliver(parcels, signal),
    policy: UPLINK_POLICY,
    log,
    onRefused: (seqs) => sampler.untell(seqs),
  });
  const lacks = new Lacks(log);
  log.info(`closewatch-agent ${VERSION}: ${hostname} (${agentId}) to ${server.href} every ${intervalMs / 1000} s`);
  const sample = async (): Promise<void> => {
    for await (const snapshot of sampler.round()) {
      uplink.push({ seq: snapshot.seq, json: JSON.stringify(snapshot) });
    }
    lacks.tell([...facts.missing, ...sampler.missing]);
  };
  try {
    await learnFromFirstReply({ server, clock, deadlineMs: FIRST_REPLY_MS, stop });
    await every(intervalMs, sample, stop);
  } finally {
    await uplink.stop(LAST_FLUSH_MS);
    courier.close();
    await sampler.close();
    source.close();
  }
}
