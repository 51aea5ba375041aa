import { type Agent, type Source } from '@closewatch/protocol';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Environment } from '../environment.ts';
import { EvidenceCollector } from '../evidence/evidence-collector.ts';
import { AgentEvents } from '../host/agent-events.ts';
import { readOrMakeAgentId } from '../host/agent-id.ts';
import { lockDataFolder } from '../host/data-lock.ts';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { isSmallMemory, ownLimits, tooTight } from '../host/own-limits.ts';
import { HostTime, kernelClocks } from '../host/host-time.ts';
import { RunState } from '../host/run-state.ts';
import { KernelCollector } from '../kernel/kernel-collector.ts';
import { ConnectionChoice, SMALL_LIMITS } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { ProgressCollector } from '../leaks/progress-collector.ts';
import { TurnoverCollector } from '../leaks/turnover-collector.ts';
import { type Log } from '../log.ts';
import { PortsCollector } from '../ports/ports-collector.ts';
import { openOtherNamespaces } from '../namespaces/open-other-namespaces.ts';
import { OrphansCollector } from '../processes/orphans-collector.ts';
import { ProcessSocketsCollector } from '../process-sockets/process-sockets-collector.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { ServiceWatch } from '../processes/service-watch.ts';
import { SurveyRounds } from '../processes/survey-rounds.ts';
import { every } from '../sampling/every.ts';
import { HostSampler } from '../sampling/host-sampler.ts';
import { Sampler } from '../sampling/sampler.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { giveBackLargeBlocks } from '../small-malloc.ts';
import { giveBackText } from '../small-text.ts';
import { spareEngine } from '../sparing-engine.ts';
import { chooseSource } from '../sockets/choose-source.ts';
import { Courier } from '../uplink/courier.ts';
import { learnFromFirstReply } from '../uplink/first-reply.ts';
import { Losses } from '../uplink/losses.ts';
import { Outbox } from '../uplink/outbox.ts';
import { parcelOf } from '../uplink/parcel.ts';
import { Token } from '../uplink/token.ts';
import { UPLINK_POLICY } from '../uplink/uplink-states.ts';
import { Uplink } from '../uplink/uplink.ts';
import { VERSION } from '../version.ts';
import { Lacks } from './lacks.ts';
import { untilTold } from './stop-signals.ts';

export interface RunOptions {
  readonly environment: Environment;
  readonly source: Source | undefined;
  readonly procRoot: string;
  /** Where the control groups are mounted, usually /sys/fs/cgroup. */
  readonly groupRoot: string;
  readonly log: Log;
}

const PUSH_TIMEOUT_MS = 30_000;
/** What is needed again comes back at some hundred page faults, a millisecond in all. */
const GIVE_BACK_EVERY_MS = 10_000;
const LAST_FLUSH_MS = 1_000;
/** A server that is there replies within this; for one that is away the first snapshot does not wait longer. */
const FIRST_REPLY_MS = 2_000;
/** Who knows the server's clock from the last run need not wait for it. */
const KNOWN_CLOCK_MS = 300;
/** An agent on its way out takes its last flush and a little more. */
const LOCK_PATIENCE_MS = 5_000;
/** A server that is well answers within this; what it did not answer by then is put on disk. */
const KEEP_AFTER_MS = 1_000;

/** What `closewatch-agent run` does: samples and pushes until it is told to stop. Throws when it cannot begin. */
export async function run(options: RunOptions): Promise<void> {
  const stop = untilTold();
  try {
    const { dataFolder } = options.environment;
    const agentId = readOrMakeAgentId(dataFolder);
    const lock = await lockDataFolder(dataFolder, LOCK_PATIENCE_MS);
    try {
      await sampleAndPush(options, agentId, lock.missing, stop.signal);
    } finally {
      lock.release();
    }
  } finally {
    stop.release();
  }
}

async function sampleAndPush(
  { environment, source: forced, procRoot, groupRoot, log }: RunOptions,
  agentId: string,
  unlocked: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  const { server, hostname, intervalMs, dataFolder } = environment;
  giveBackLargeBlocks();
  spareEngine(0);
  const facts = readHostFacts(procRoot);
  const limits = ownLimits(procRoot, groupRoot);
  const tight = tooTight(limits).map((limit) => `own limits: set ${limit}; fewer connections are told of at a time`);
  const thisRun = { runId: randomUUID(), bootId: facts.bootId };
  const runState = new RunState(dataFolder, facts.bootId);
  const lastRun = runState.begin();
  const source = await chooseSource(procRoot, forced);
  const time = new HostTime(kernelClocks(procRoot));
  const clock = new ServerClock({ monotonic: () => time.now(), wall: () => time.wall() }, lastRun.serverEpochMs);
  const losses = new Losses(join(dataFolder, 'agent', 'outbox-losses'), (line) => log.warn(line));
  const outbox = await Outbox.open({
    folder: join(dataFolder, 'agent', 'outbox'),
    bounds: environment.outbox,
    describe: () => describe(),
    losses,
  });
  let seq = 0;
  const finder = new OwnerFinder(procRoot, facts.bootedAtMs);
  const shared = {
    clock,
    nextSeq: () => seq++,
    behind: () => uplink.behind,
    uptimeMs: () => time.now(),
  };
  const tracker = new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts(procRoot));
  const owners = new OwnerKeeper(finder);
  const choice = isSmallMemory(limits.memoryBytes) ? new ConnectionChoice(SMALL_LIMITS) : new ConnectionChoice();
  const processSockets = new ProcessSocketsCollector({ procRoot, bootedAtMs: facts.bootedAtMs });
  const services = new ServiceWatch({
    procRoot,
    bootedAtMs: facts.bootedAtMs,
    instant: (at) => clock.instant(at),
    holders: () => processSockets.holders(),
  });
  const own = new Sampler({
    ...shared,
    source,
    tracker,
    choice,
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
        kindsOf: (process) => finder.descriptorKinds.of(process),
      }),
      new KernelCollector(procRoot),
      new PortsCollector({ procRoot }),
      processSockets,
      services,
      new AgentEvents({
        after: lastRun.after,
        intervalMs,
        instant: (at) => clock.instant(at),
        timeEvents: () => time.takeEvents(),
        losses: (at) => (uplink.connected ? losses.take(at) : []),
        restarts: () => (uplink.connected ? services.takeRestarts() : []),
        lacks: () => [...unlocked, ...runState.missing, ...outbox.missing],
      }),
    ],
    trackers: () => sampler.trackers,
    intervalMs,
  });
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
    missing: [...facts.missing, ...tight, ...sampler.missing]
      .slice(0, 64)
      .map((text) => text.slice(0, 512).toWellFormed()),
    clockOffsetMs: clock.offsetMs,
  });
  const token = new Token(environment.token, environment.tokenFile);
  const { runId } = thisRun;
  const courier = new Courier({ server, token, agentId, runId, describe, clock, timeoutMs: PUSH_TIMEOUT_MS });
  const uplink = new Uplink({
    outbox,
    runId,
    deliver: (batch, signal) => courier.deliver(batch, signal),
    policy: UPLINK_POLICY,
    keepAfterMs: KEEP_AFTER_MS,
    log,
    onRefused: (seqs) => sampler.untell(seqs),
    onResync: () => choice.hurry(),
  });
  const lacks = new Lacks(log);
  log.info(`closewatch-agent ${VERSION}: ${hostname} (${agentId}) to ${server.href} every ${intervalMs / 1000} s`);
  const sample = async (): Promise<void> => {
    for await (const snapshot of sampler.round()) {
      const handling = { begins: snapshot.netns === 0, keep: snapshot.events !== undefined };
      uplink.push(await parcelOf(thisRun, snapshot), handling);
    }
    const { epoch } = clock;
    if (epoch !== undefined) runState.learn(epoch);
    spareEngine(sampler.trackers.reduce((leaks, { size }) => leaks + size, 0));
    outbox.tend(epoch === undefined ? undefined : epoch + clock.now());
    lacks.tell([...facts.missing, ...tight, ...sampler.missing]);
  };
  const tidying = setInterval(() => giveBackText(procRoot), GIVE_BACK_EVERY_MS);
  try {
    if (outbox.waiting > 0) log.info(`${outbox.waiting} snapshots wait in the outbox from before`);
    const deadlineMs = clock.epoch === undefined ? FIRST_REPLY_MS : KNOWN_CLOCK_MS;
    await learnFromFirstReply({ server, clock, deadlineMs, stop });
    await every(intervalMs, sample, stop);
  } finally {
    clearInterval(tidying);
    await uplink.stop(LAST_FLUSH_MS);
    courier.close();
    await sampler.close();
    source.close();
  }
  runState.end();
}
