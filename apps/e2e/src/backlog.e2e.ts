import { expect, test } from '@playwright/test';
import { type Snapshot } from '@closewatch/protocol';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Product } from './stack/product.ts';
import { Program } from './stack/program.ts';
import { buildQuickAgent } from './stack/quick-agent.ts';
import { Wiretap } from './stack/wiretap.ts';

/**
 * The server is killed and stays away for ten minutes of the agent's time (120 samples), in which the agent is killed
 * again and again. Then the server comes back: it takes every snapshot that was made, once, and there are gaps only
 * where there was no agent.
 */
const OUTAGE_MS = 12_000;
const KILLS = 4;

const token = randomBytes(32).toString('hex');
const served = { CLOSEWATCH_LOCAL_AGENT: 'off', CLOSEWATCH_TOKEN: token };

let product: Product;
let wiretap: Wiretap;
let agent: Program | undefined;
let quickAgent: Awaited<ReturnType<typeof buildQuickAgent>>;
let state: string;

test.beforeAll(async () => {
  quickAgent = await buildQuickAgent();
  product = await Product.start(served);
  wiretap = await Wiretap.open(product.origin);
  state = mkdtempSync(join(tmpdir(), 'closewatch-e2e-agent-'));
});

test.afterAll(async () => {
  await agent?.stop('SIGKILL');
  await wiretap?.close();
  await product?.stopAndForget();
  quickAgent?.remove();
  if (state !== undefined) rmSync(state, { recursive: true, force: true });
});

function startAgent(): Program {
  agent = new Program('the agent', [quickAgent.path], {
    CLOSEWATCH_SERVER: wiretap.origin,
    CLOSEWATCH_TOKEN: token,
    CLOSEWATCH_DATA: state,
    CLOSEWATCH_HOSTNAME: 'on-and-off',
  });
  return agent;
}

const segments = (): string[] => readdirSync(join(state, 'agent/outbox')).filter((name) => name.endsWith('.segment'));

/** What the server took of each run, oldest run first. */
function runs(): Snapshot[][] {
  const byRun = Map.groupBy(wiretap.taken, ({ runId }) => runId);
  const all = [...byRun.values()].map((pushes) =>
    pushes.flatMap(({ snapshots }) => snapshots).sort((a, b) => a.seq - b.seq),
  );
  return all.sort(([a], [b]) => Date.parse(a?.takenAt ?? '') - Date.parse(b?.takenAt ?? ''));
}

test('ten minutes without the server, the agent killed in between, leave no gap and no double', async () => {
  test.setTimeout(300_000);
  let running = startAgent();
  await expect.poll(() => wiretap.taken.length).toBeGreaterThan(10);

  await product.api.stop('SIGKILL');
  const killedAt: number[] = [];
  const wroteAt: number[] = [];
  const end = Date.now() + OUTAGE_MS;
  while (Date.now() < end || killedAt.length < KILLS) {
    // A run has a file of its own as soon as it has a snapshot.
    await expect.poll(() => segments().length, { timeout: 30_000 }).toBeGreaterThan(killedAt.length);
    await sleep(500 + Math.random() * 1_500);
    if (killedAt.length === KILLS) continue;
    killedAt.push(Date.now());
    await running.stop('SIGKILL');
    wroteAt.push(statSync(join(state, 'agent/outbox', segments().sort().at(-1) ?? '')).mtimeMs);
    running = startAgent();
  }
  product = await Product.start({ ...served, PORT: new URL(product.origin).port }, product.dataFolder);
  // A retry may be some seconds away, and the backlog begins up to ten seconds after it.
  await expect.poll(() => segments().length, { timeout: 120_000 }).toBe(0);
  expect(await running.stop('SIGTERM')).toBe(0);

  const taken = runs();
  expect(taken).toHaveLength(KILLS + 1);
  for (const [index, snapshots] of taken.entries()) {
    // Numbered from 0 without a gap, each once.
    expect(snapshots.map(({ seq }) => seq)).toEqual(snapshots.map((_, seq) => seq));
    const own = snapshots.filter(({ netns }) => netns === 0).map(({ takenAt }) => Date.parse(takenAt));
    for (const [i, at] of own.slice(1).entries()) expect(at - (own[i] ?? 0)).toBeLessThan(3_000);
    // Up to the very end: whatever was written arrived, and a busy machine adds something between two samples.
    const last = Date.parse(snapshots.at(-1)?.takenAt ?? '');
    expect((wroteAt[index] ?? last) - last).toBeLessThan(1_000);
    expect((killedAt[index] ?? last) - last).toBeLessThan(3_000);
  }
  const answers = wiretap.taken.map(({ answer }) => answer);
  expect(answers.flatMap(({ rejected }) => rejected)).toEqual([]);
  // What was under way when the server was killed may have been stored without an answer.
  expect(answers.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBeLessThanOrEqual(1);
});
