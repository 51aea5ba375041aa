import { type Snapshot, type Source } from '@closewatch/protocol';
import { performance } from 'node:perf_hooks';
import { EvidenceCollector } from '../evidence/evidence-collector.ts';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { ConnectionChoice, NO_LIMITS } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { ProgressCollector } from '../leaks/progress-collector.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { Sampler } from '../sampling/sampler.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { chooseSource } from '../sockets/choose-source.ts';

export interface LooksOptions {
  readonly procRoot: string;
  readonly source: Source | undefined;
  readonly intervalMs: number;
}

/** Looks at this host for the person at its terminal: what a running agent would push, without a server and without a state. */
export interface Looks {
  next(): Promise<Snapshot>;
  /** What the newest look could not tell, in words a person can act on. */
  readonly missing: readonly string[];
  close(): void;
}

/** Throws when the sockets of this host cannot be read. */
export async function openLooks({ procRoot, source: forced, intervalMs }: LooksOptions): Promise<Looks> {
  const facts = readHostFacts(procRoot);
  const source = await chooseSource(procRoot, forced);
  const clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  let seq = 0;
  const sampler = new Sampler({
    nextSeq: () => seq++,
    source,
    tracker: new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts(procRoot)),
    choice: new ConnectionChoice(NO_LIMITS),
    owners: new OwnerKeeper(new OwnerFinder(procRoot, facts.bootedAtMs)),
    collectors: [
      // With every look: what is sent after the peer's end of stream shows within the second that there is.
      new ProgressCollector(
        source,
        () => clock.now(),
        () => 0,
      ),
      new EvidenceCollector({
        procRoot,
        bootedAtMs: facts.bootedAtMs,
        capabilities: facts.capabilities,
        architecture: process.arch,
        now: () => performance.now(),
      }),
    ],
    clock,
    intervalMs,
    behind: () => false,
    uptimeMs: () => Date.now() - facts.bootedAtMs,
  });
  return {
    next: () => sampler.next(),
    get missing() {
      return [...facts.missing, ...sampler.missing];
    },
    close: () => {
      sampler.close();
      source.close();
    },
  };
}
