import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readEphemeralPorts } from '../host/ephemeral-ports.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { ConnectionChoice } from '../leaks/connection-choice.ts';
import { LeakTracker } from '../leaks/leak-tracker.ts';
import { openOtherNamespaces } from '../namespaces/open-other-namespaces.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { OwnerKeeper } from '../processes/owner-keeper.ts';
import { SurveyRounds } from '../processes/survey-rounds.ts';
import { HostSampler } from '../sampling/host-sampler.ts';
import { Sampler } from '../sampling/sampler.ts';
import { ServerClock } from '../sampling/server-clock.ts';
import { chooseSource } from '../sockets/choose-source.ts';
import { SOURCES } from '../uplink/contract.ts';

/**
 * A program for tests: samples this host and its network namespaces as `closewatch-agent run` does, a round for each
 * line of standard input, and prints each snapshot as a line of JSON, then one with what is missing. A line of
 * milliseconds moves its clock on before the round. `--source` and `--data` are as for the agent.
 */
const { values } = parseArgs({ options: { source: { type: 'string' }, data: { type: 'string' } } });
const forced = SOURCES.find((source) => source === values.source);
const procRoot = '/proc';
const intervalMs = 5_000;
let aheadMs = 0;
let seq = 0;

const ownFolder = values.data === undefined ? mkdtempSync(join(tmpdir(), 'closewatch-agent-')) : undefined;
const dataFolder = values.data ?? ownFolder ?? '';
const facts = readHostFacts(procRoot);
const source = await chooseSource(procRoot, forced);
const clock = new ServerClock({ monotonic: () => performance.now() + aheadMs, wall: () => Date.now() + aheadMs });
const finder = new OwnerFinder(procRoot, facts.bootedAtMs);
const shared = {
  clock,
  nextSeq: () => seq++,
  behind: () => false,
  uptimeMs: () => Date.now() - facts.bootedAtMs,
};
const tracker = new LeakTracker(facts, (at) => clock.instant(at), readEphemeralPorts(procRoot));
const owners = new OwnerKeeper(finder);
const choice = new ConnectionChoice();
const own = new Sampler({ ...shared, source, tracker, choice, owners, collectors: [], intervalMs });
const others = openOtherNamespaces({ ...shared, procRoot, dataFolder, facts, forced, owners: finder, intervalMs });
const surveys = new SurveyRounds(finder);
const sampler = new HostSampler({ own, ownSockets: { tracker, owners }, others, surveys, clock });

let rest = '';
for await (const piece of process.stdin) {
  rest += String(piece);
  const lines = rest.split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    aheadMs += Number(line);
    for await (const snapshot of sampler.round()) process.stdout.write(`${JSON.stringify(snapshot)}\n`);
    const missing = [...facts.missing, ...sampler.missing];
    process.stdout.write(`${JSON.stringify({ missing, trackers: sampler.trackers.length })}\n`);
  }
}
await sampler.close();
source.close();
if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true });
