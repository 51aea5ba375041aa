import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AgentEvent, type Snapshot } from '@closewatch/protocol';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT, CountedLosses } from '../testing/parcels.ts';
import { builtProgram } from '../testing/built-program.ts';
import { ended } from '../testing/program.ts';
import { Sink, type Reply } from '../testing/sink.ts';
import { Outbox } from './outbox.ts';

/** Ten minutes of the usual 5 s, at 100 ms. */
const OUTAGE_MS = 12_000;

let program: Awaited<ReturnType<typeof builtProgram>>;
let folder: string;
let sink: Sink;
let environment: Record<string, string | undefined>;
let agent: ChildProcess | undefined;
let said = '';

beforeAll(async () => {
  program = await builtProgram('testing/quick-agent.ts');
});

afterAll(() => program.remove());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-outage-'));
  sink = new Sink();
  const server = await sink.open();
  environment = {
    PATH: process.env['PATH'],
    CLOSEWATCH_SERVER: server.href,
    CLOSEWATCH_TOKEN: 't',
    CLOSEWATCH_DATA: folder,
  };
});

afterEach(async () => {
  if (agent !== undefined) await ended(agent, 'SIGKILL');
  await sink.close();
  rmSync(folder, { recursive: true });
});

function start(): void {
  agent = spawn(process.execPath, [program.path], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  agent.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
}

async function kill(): Promise<void> {
  if (agent !== undefined) await ended(agent, 'SIGKILL');
}

const away: Reply = (_received, response) => {
  response.destroy();
  return 'answered';
};

/** What a server has: each snapshot once, by its run and number; and how often it came again. */
class Stored {
  readonly runs = new Map<string, Map<number, Snapshot>>();
  repeats = 0;

  readonly take: Reply = ({ push, snapshots }) => {
    const run = this.runs.get(push.runId) ?? new Map<number, Snapshot>();
    this.runs.set(push.runId, run);
    for (const snapshot of snapshots) {
      if (run.has(snapshot.seq)) this.repeats++;
      run.set(snapshot.seq, snapshot);
    }
    return undefined;
  };

  get count(): number {
    return [...this.runs.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Numbers that are missing within a run. */
  get gaps(): number {
    return [...this.runs.values()].reduce((sum, run) => sum + Math.max(...run.keys()) + 1 - run.size, 0);
  }

  /** Runs in the order of their first snapshots, those of the agent's own namespace. */
  get series(): { from: number; to: number; events: AgentEvent[] }[] {
    return [...this.runs.values()]
      .map((run) => {
        const own = [...run.values()].filter(({ netns }) => netns === 0);
        const instants = own.map(({ takenAt }) => Date.parse(takenAt));
        // A busy machine stalls an agent that samples every 100 ms.
        const events = own.flatMap((one) => one.events ?? []).filter(({ kind }) => kind !== 'stalled');
        return { from: Math.min(...instants), to: Math.max(...instants), events };
      })
      .sort((a, b) => a.from - b.from);
  }
}

/** A retry may be 16 s away, and a backlog begins up to 10 s later. */
async function until(condition: () => boolean, what: string, forMs = 60_000): Promise<void> {
  const end = Date.now() + forMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${forMs} ms: ${what}; the agents said:\n${said}`);
    await sleep(50);
  }
}

const outboxFiles = (): string[] =>
  readdirSync(join(folder, 'agent/outbox')).filter((name) => name.endsWith('.segment'));

describe('an outage of the server', () => {
  it('of ten minutes, with the agent killed four times in it, leaves no gap and no double', async () => {
    const stored = new Stored();
    sink.reply = stored.take;
    start();
    await until(() => stored.count >= 10, 'the server has some');

    sink.reply = away;
    const kills: number[] = [];
    const end = Date.now() + OUTAGE_MS;
    while (Date.now() < end) {
      // A run is there once it has a file of its own.
      await until(() => outboxFiles().length > kills.length, 'the agent takes snapshots');
      await sleep(500 + Math.random() * 2_000);
      if (kills.length === 4) continue;
      kills.push(Date.now());
      await kill();
      start();
    }
    sink.reply = stored.take;
    await until(() => stored.runs.size === kills.length + 1 && stored.gaps === 0, 'all runs are whole');
    await until(() => outboxFiles().length === 0, 'the outbox is empty');
    const counted = stored.count;
    await until(() => stored.count > counted + 5, 'new ones flow');
    if (agent !== undefined) expect(await ended(agent, 'SIGTERM')).toBe(0);

    expect(stored.gaps).toBe(0);
    expect(stored.repeats).toBe(0);
    const { series } = stored;
    expect(series.map(({ events }) => events)).toEqual([
      [expect.objectContaining({ kind: 'started', after: 'first_run' })],
      ...kills.map(() => [expect.objectContaining({ kind: 'started', after: 'crash' })]),
    ]);
    // Each run is there up to when it was killed: an interval, and what a busy machine adds between two samples.
    for (const [index, killedAt] of kills.entries()) expect(killedAt - (series[index]?.to ?? 0)).toBeLessThan(3_000);
    expect(kills.length).toBe(4);
  }, 180_000);

  it("is dated by the server's clock, though this host's is wrong and the agent was started in it", async () => {
    const aheadMs = -600_000;
    sink.aheadMs = aheadMs;
    const stored = new Stored();
    sink.reply = stored.take;
    start();
    await until(() => stored.count >= 3, 'the server has some');
    await kill();
    await sink.close();
    const startedAt = Date.now();
    start();
    await until(() => outboxFiles().length > 0, 'the agent takes snapshots');
    await sleep(500);
    await kill();
    const outbox = await Outbox.open({
      folder: join(folder, 'agent/outbox'),
      bounds: { bytes: 64 * 2 ** 20, ageMs: 3_600_000 },
      describe: () => AGENT,
      losses: new CountedLosses(),
    });
    const instants: number[] = [];
    for (;;) {
      const batch = await outbox.oldest(1_000, Infinity, () => false);
      if (batch === undefined) break;
      await outbox.done(batch.parcels);
      instants.push(...batch.parcels.map(({ takenAtMs }) => takenAtMs - aheadMs));
    }
    await outbox.close();
    const ofThisRun = instants.filter((at) => at >= startedAt - 1_500);
    expect(ofThisRun.length).toBeGreaterThan(0);
    expect(Math.max(...instants)).toBeLessThan(Date.now() + 1_500);
  }, 60_000);

  it('sends little again when the agent is killed while its backlog goes', async () => {
    const stored = new Stored();
    sink.reply = away;
    start();
    await sleep(4_000);
    await kill();
    sink.reply = stored.take;
    start();
    await until(() => stored.runs.size === 2, 'the backlog goes');
    await kill();
    start();
    await until(() => stored.runs.size === 3 && stored.gaps === 0 && outboxFiles().length === 0, 'all is there');
    expect(stored.repeats).toBeLessThanOrEqual(200);
    const [first] = stored.series;
    expect((first?.to ?? 0) - (first?.from ?? 0)).toBeGreaterThan(1_500);
  }, 180_000);
});
