import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CannotRun, type Bench, type BenchResult, type Skipped } from '../bench.ts';
import { type Figure } from '../figures.ts';
import { HARD, IDLE, TYPICAL, type Load } from './loads.ts';
import { measureAgent, measureLoop } from './measured-agent.ts';
import { LoadedNamespace, requireNamespaces } from './namespace.ts';
import { measureOwnerSearch, measureSteadySample } from './agent-programs.ts';
import { peerCosts } from './peers.ts';

const AGENT = resolve(import.meta.dirname, '../../../dist/agent/main.js');
const INTERVAL_MS = 5_000;

interface LoadBudget {
  readonly load: Load;
  /** Counts by each peer that are averaged. */
  readonly peerCounts: number;
  /** Steady samples that are averaged. */
  readonly samples: number;
  /** As long as everything that comes round takes to come round: a full set of ten thousand leaks every five minutes. */
  readonly windowMs: number;
  readonly ofPeer: Readonly<Record<string, number>>;
  readonly cpuPercent: number;
  readonly residentMb?: number;
  readonly loopMs: number;
}

const BUDGETS: readonly LoadBudget[] = [
  {
    load: TYPICAL,
    peerCounts: 40,
    samples: 100,
    windowMs: 60_000,
    ofPeer: { 'netstat + awk': 0.15, node_exporter: 0.5 },
    cpuPercent: 0.5,
    loopMs: 10,
  },
  {
    load: HARD,
    peerCounts: 4,
    samples: 25,
    windowMs: 300_000,
    ofPeer: { 'netstat + awk': 0.03, node_exporter: 0.25 },
    cpuPercent: 1.5,
    residentMb: 90,
    // One recv that skips a long run of TIME_WAIT cannot be sliced.
    loopMs: 40,
  },
];
const IDLE_RESIDENT_MB = 60;
const OWNERS_MS = 150;

export const agentBench: Bench = {
  name: 'agent',
  summary:
    'CPU, memory and event loop of the agent under an idle, a typical and a hard load, against other tools (root)',

  async run(): Promise<BenchResult> {
    requireNamespaces();
    if (!existsSync(AGENT)) throw new CannotRun('dist/agent is missing: npm run build');
    const figures: Figure[] = [];
    const skipped: Skipped[] = [];
    await inNamespace(IDLE, async (namespace) => {
      const { memory, cpuPercent } = await measureAgent(namespace, IDLE, INTERVAL_MS, 60_000);
      figures.push(
        { name: 'idle: resident memory', value: memory.residentMb, unit: 'MB', budget: IDLE_RESIDENT_MB },
        { name: 'idle: CPU at 5 s, all included', value: cpuPercent, unit: '% of a core' },
      );
    });
    for (const budget of BUDGETS) {
      await inNamespace(budget.load, async (namespace) => {
        const part = await measureLoad(namespace, budget);
        figures.push(...part.figures);
        skipped.push(...part.skipped);
      });
    }
    return { figures, skipped };
  },
};

async function inNamespace(load: Load, measure: (namespace: LoadedNamespace) => Promise<void>): Promise<void> {
  console.error(`bench agent: ${load.name} load...`);
  const namespace = await LoadedNamespace.open(load);
  try {
    await measure(namespace);
  } finally {
    await namespace.close();
  }
}

async function measureLoad(namespace: LoadedNamespace, budget: LoadBudget): Promise<BenchResult> {
  const { load } = budget;
  const { costs, skipped } = await peerCosts(namespace, budget.peerCounts);
  const steady = await measureSteadySample(namespace, budget.samples);
  if (steady.closeWait < 0.99 * load.closeWait) throw new Error(`it sampled ${steady.closeWait} leaks`);
  const agent = await measureAgent(namespace, load, INTERVAL_MS, budget.windowMs);
  const loop = await measureLoop(namespace, load, INTERVAL_MS);
  const name = (what: string): string => `${load.name}: ${what}`;
  const figures: Figure[] = [
    ...costs.map((peer) => ({ name: name(`CPU of ${peer.name}, once`), value: peer.cpuMs, unit: 'ms' })),
    { name: name('CPU of the agent, a steady sample'), value: steady.cpuMs, unit: 'ms' },
    ...costs.map((peer) => ({
      name: name(`a steady sample against ${peer.name}`),
      value: steady.cpuMs / peer.cpuMs,
      unit: 'of it',
      ...budgetOf(budget.ofPeer[peer.name]),
    })),
    { name: name('CPU at 5 s, all included'), value: agent.cpuPercent, unit: '% of a core', budget: budget.cpuPercent },
    { name: name('the same for each sample'), value: agent.cpuMsPerSample, unit: 'ms' },
    { name: name('resident memory'), value: agent.memory.residentMb, unit: 'MB', ...budgetOf(budget.residentMb) },
    { name: name('longest hold of the event loop'), value: loop.maxMs, unit: 'ms', budget: budget.loopMs },
    { name: name('hold of the event loop, 99.9th percentile'), value: loop.p999Ms, unit: 'ms' },
  ];
  if (load === HARD) {
    const search = await measureOwnerSearch(namespace);
    // A few may have gone: a port that is used again ends a CLOSE_WAIT whose peer is gone.
    if (search.found < 0.99 * load.closeWait) throw new Error(`${search.found} of ${search.sockets} owners were found`);
    figures.push({
      name: name('owners of 10,000 new sockets'),
      value: search.cpuMs,
      unit: 'ms CPU',
      budget: OWNERS_MS,
    });
  }
  return { figures, skipped };
}

function budgetOf(budget: number | undefined): { budget?: number } {
  return budget === undefined ? {} : { budget };
}
