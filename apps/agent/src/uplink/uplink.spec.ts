import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Agent, type Snapshot } from '@closewatch/protocol';
import { emptyTally } from '@closewatch/socket-states';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerClock } from '../sampling/server-clock.ts';
import { Sink, type Reply } from '../testing/sink.ts';
import { Courier } from './courier.ts';
import { Losses } from './losses.ts';
import { Outbox } from './outbox.ts';
import { parcelOf, type Parcel, type Run } from './parcel.ts';
import { Token } from './token.ts';
import { Uplink } from './uplink.ts';

const POLICY = { batch: 8, firstPauseMs: 20, longestPauseMs: 100, slowPauseMs: 60, spreadMs: 40, restMs: 20 };
const AGENT_ID = '8728ce41-1278-4199-bf3b-51b6f6ba951d';
const RUN: Run = { runId: '559df0b4-039e-477f-bf21-b6c9be056de2', bootId: '0539cfd7-52cc-4992-9ba6-baeee051f796' };
const EARLIER: Run = { runId: '0c2f2c1e-6a32-4a6b-9d0f-7e8f4f3b2a10', bootId: RUN.bootId };

let folder: string;
let sink: Sink;
let courier: Courier;
let uplink: Uplink;
let outbox: Outbox;
let clock: ServerClock;
let refused: number[];
let said: string[];

const describeAgent = (): Agent => ({
  version: '1.2.3',
  hostname: 'h',
  machineId: '',
  kernel: 'Linux',
  source: 'netlink',
  capabilities: [],
  missing: [],
  clockOffsetMs: clock.offsetMs,
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-uplink-'));
  sink = new Sink();
  const server = await sink.open();
  clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  refused = [];
  said = [];
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'secret');
  courier = new Courier({
    server,
    token: new Token('secret', tokenFile),
    agentId: AGENT_ID,
    runId: RUN.runId,
    describe: describeAgent,
    clock,
    timeoutMs: 2_000,
  });
  outbox = await openOutbox();
  const say = (line: string) => void said.push(line);
  uplink = new Uplink({
    outbox,
    runId: RUN.runId,
    deliver: (batch, signal) => courier.deliver(batch, signal),
    policy: POLICY,
    keepAfterMs: 100,
    log: { info: say, warn: say },
    onRefused: (seqs) => void refused.push(...seqs),
  });
});

afterEach(async () => {
  await uplink.stop(200);
  courier.close();
  await sink.close();
  rmSync(folder, { recursive: true });
});

function openOutbox(agent: () => Agent = describeAgent): Promise<Outbox> {
  return Outbox.open({
    folder: join(folder, 'outbox'),
    bounds: { bytes: 2 ** 20, ageMs: 3_600_000 },
    describe: agent,
    losses: new Losses(join(folder, 'losses')),
  });
}

async function parcel(seq: number, run = RUN, netns = 0): Promise<Parcel> {
  const snapshot: Snapshot = {
    seq,
    takenAt: new Date(Date.parse(clock.instant(clock.now())) + seq).toISOString(),
    intervalMs: 5_000,
    netns,
    counts: emptyTally(),
    connections: [],
    complete: false,
  };
  return parcelOf(run, snapshot);
}

/** Each as a round of its own. */
async function push(...seqs: number[]): Promise<void> {
  for (const seq of seqs) uplink.push(await parcel(seq), { begins: true, keep: false });
}

/** As one round of several network namespaces. */
async function pushRound(...seqs: number[]): Promise<void> {
  const parcels = await Promise.all(seqs.map((seq, netns) => parcel(seq, RUN, netns)));
  for (const [index, one] of parcels.entries()) uplink.push(one, { begins: index === 0, keep: false });
}

/** All that was pushed is dealt with. */
const settled = (): boolean => uplink.state === 'idle' && outbox.waiting === 0 && sink.received.length > 0;

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !condition(); i++) await sleep(10);
  if (!condition()) throw new Error(`it did not happen; the agent said: ${said.join(' | ')}`);
}

/** The snapshots of each push. */
function pushes(): number[][] {
  return sink.received.map(({ snapshots }) => snapshots.map(({ seq }) => seq));
}

/** Answers with this status the first so many times, then accepts. */
function failing(times: number, status: number, headers: Record<string, string> = {}): Reply {
  let left = times;
  return (_received, response) => {
    if (left-- <= 0) return undefined;
    response.writeHead(status, headers).end();
    return 'answered';
  };
}

const away: Reply = (_received, response) => {
  response.destroy();
  return 'answered';
};

describe('the uplink to a real server', () => {
  it('pushes as the contract says, and writes nothing to disk while all goes well', async () => {
    await push(0);
    await until(settled);
    await push(1);
    await until(() => pushes().flat().includes(1) && settled());
    const [received, second] = sink.received;
    expect(received?.path).toBe('/api/v1/snapshots');
    expect(received?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-encoding': 'gzip' });
    expect(received?.push).toMatchObject({ protocol: 1, agentId: AGENT_ID, ...RUN, agent: { hostname: 'h' } });
    expect(second?.snapshots.map(({ seq }) => seq)).toEqual([1]);
    expect(readdirSync(join(folder, 'outbox'))).toEqual([]);
  });

  it('sends the same snapshot, to the byte, again after 503', async () => {
    sink.reply = failing(2, 503);
    await push(0);
    await until(settled);
    const texts = sink.received.map(({ text }) => text.slice(text.indexOf('"snapshots"')));
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    sink.reply = failing(1, 429, { 'retry-after': '1' });
    const start = performance.now();
    await push(0);
    await until(settled);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  it('sends the newest first when the server is back, then the backlog, oldest first and batched', async () => {
    sink.reply = away;
    await push(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    await until(() => sink.received.length >= 2);
    expect(outbox.waiting).toBe(12);
    expect(readdirSync(join(folder, 'outbox'))).toHaveLength(1);
    const before = sink.received.length;
    sink.reply = () => undefined;
    await until(settled);
    expect(pushes().slice(before)).toEqual([[11], [0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10]]);
    expect(readdirSync(join(folder, 'outbox'))).toEqual([]);
  });

  it('lets new snapshots go in between while the backlog goes', async () => {
    sink.reply = away;
    await push(...Array.from({ length: 40 }, (_, seq) => seq));
    await until(() => sink.received.length >= 2);
    const before = sink.received.length;
    sink.reply = () => undefined;
    for (let seq = 40; seq < 50; seq++) {
      await push(seq);
      await sleep(20);
    }
    await until(settled);
    const order = pushes().slice(before);
    expect(order.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
    const lastOfBacklog = order.findIndex((seqs) => seqs.includes(38));
    expect(
      order
        .slice(0, lastOfBacklog)
        .flat()
        .filter((seq) => seq >= 40).length,
    ).toBeGreaterThanOrEqual(3);
  });

  it('delivers what an earlier run left under that run, with what the agent said of itself then', async () => {
    const earlier = await openOutbox(() => ({ ...describeAgent(), hostname: 'then', version: '1.0.0' }));
    for (const seq of [7, 8]) earlier.add(await parcel(seq, EARLIER));
    await earlier.close();
    await outbox.close();
    outbox = await openOutbox();
    expect(outbox.waiting).toBe(2);
    uplink = new Uplink({
      outbox,
      runId: RUN.runId,
      deliver: (batch, signal) => courier.deliver(batch, signal),
      policy: POLICY,
      keepAfterMs: 100,
      log: { info: () => undefined, warn: () => undefined },
      onRefused: (seqs) => void refused.push(...seqs),
    });
    await push(0);
    await until(settled);
    expect(sink.received.map(({ push: sent }) => [sent.runId, sent.agent.hostname, sent.agent.version])).toEqual([
      [RUN.runId, 'h', '1.2.3'],
      [EARLIER.runId, 'then', '1.0.0'],
    ]);
    expect(pushes()).toEqual([[0], [7, 8]]);
  });

  it('sends a round of several network namespaces as they come, together what waits', async () => {
    await pushRound(0, 1, 2, 3);
    await until(settled);
    expect(pushes().flat()).toEqual([0, 1, 2, 3]);
    expect(pushes().length).toBeLessThanOrEqual(2);
    expect(outbox.waiting).toBe(0);
  });

  it('puts on disk what is under way for long, and takes it off when it arrived', async () => {
    let answer = (): void => undefined;
    sink.reply = (_received, response) => {
      const { length } = sink.received;
      if (length > 1) return undefined;
      const accepted = { accepted: 1, duplicate: 0, rejected: [], resync: false, serverTime: new Date().toISOString() };
      answer = () => void response.writeHead(200).end(JSON.stringify(accepted));
      return 'answered';
    };
    await push(0);
    await until(() => sink.received.length === 1 && outbox.waiting === 1);
    answer();
    await until(settled);
    expect(pushes()).toEqual([[0]]);
  });

  it('halves the batch on 413 until it passes, and loses nothing', async () => {
    sink.reply = away;
    await push(0, 1, 2, 3, 4, 5, 6, 7);
    await until(() => sink.received.length >= 2);
    const before = sink.received.length;
    sink.reply = ({ snapshots }, response) => {
      if (snapshots.length <= 2) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    await until(settled);
    const delivered = pushes()
      .slice(before)
      .filter(({ length }) => length <= 2);
    expect(delivered.flat()).toEqual([7, 0, 1, 2, 3, 4, 5, 6]);
  });

  it('gives up a snapshot that is too large alone, says so, and goes on with the next', async () => {
    sink.reply = ({ snapshots }, response) => {
      if (!snapshots.some(({ seq }) => seq === 1)) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    await push(0);
    await until(settled);
    await push(1);
    await until(() => refused.length > 0);
    await push(2);
    await until(() => pushes().at(-1)?.[0] === 2 && settled());
    expect(said.filter((line) => line.startsWith('snapshot 1 is dropped'))).toHaveLength(1);
    expect(refused).toEqual([1]);
  });

  /** Answers 400 with one issue where `when` holds. */
  const finding =
    (path: string, when: (seqs: readonly number[]) => boolean): Reply =>
    ({ snapshots }, response) => {
      if (!when(snapshots.map(({ seq }) => seq))) return undefined;
      const error = { statusCode: 400, error: 'Bad Request', message: 'no push', requestId: 'r' };
      response.writeHead(400).end(JSON.stringify({ ...error, issues: [{ path, message: 'odd' }] }));
      return 'answered';
    };

  it('finds the snapshot that makes a push malformed, and gives up that one alone', async () => {
    sink.reply = finding('snapshots.0.seq', (seqs) => seqs.includes(1));
    await pushRound(0, 1, 2, 3);
    await until(() => refused.length > 0);
    await push(4);
    await until(() => settled() && taken().length === 4);
    expect(refused).toEqual([1]);
    expect(taken()).toEqual([0, 2, 3, 4]);
  });

  /** Those of the pushes that none of these checks refused: without snapshot 1. */
  const taken = (): number[] =>
    pushes()
      .filter((seqs) => !seqs.includes(1))
      .flat()
      .toSorted((a, b) => a - b);

  it('keeps its snapshots when what is refused is not in them, says so once, and tries again slowly', async () => {
    sink.reply = finding('agent.hostname', () => sink.received.length < 4);
    await push(0, 1, 2);
    await until(settled);
    expect(refused).toEqual([]);
    expect(pushes().slice(-2)).toEqual([[2], [0, 1]]);
    expect(said.filter((line) => /agent\.hostname: odd; .*retrying slowly/.test(line))).toHaveLength(1);
  });

  it('drops what the server rejects, and names why', async () => {
    sink.reply = () => ({
      accepted: 0,
      rejected: [{ index: 0, issues: [{ path: 'snapshots.0.counts', message: 'odd' }] }],
    });
    await push(7);
    await until(settled);
    expect(said).toContain('the server rejected snapshot 7, which is dropped: snapshots.0.counts: odd');
    expect(refused).toEqual([7]);
  });

  it.each([
    [401, /CLOSEWATCH_TOKEN/],
    [409, /delete agent\/agent-id/],
    [426, /update the older one/],
    [404, /CLOSEWATCH_SERVER/],
  ])('says once what to do about %i, keeps the snapshots and tries again slowly', async (status, advice) => {
    sink.reply = failing(3, status);
    await push(0, 1);
    await until(settled);
    expect(sink.received.length).toBeGreaterThanOrEqual(4);
    expect(said.filter((line) => advice.test(line))).toHaveLength(1);
    expect(said).toContain('the server takes snapshots');
  });

  it('reads its token again when the server does not know it', async () => {
    sink.reply = ({ headers }, response) => {
      if (headers.authorization === 'Bearer another') return undefined;
      writeFileSync(join(folder, 'token'), 'another\n');
      response.writeHead(401).end();
      return 'answered';
    };
    await push(0);
    await until(settled);
    expect(sink.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer another']);
    expect(said).toEqual(['the server takes snapshots']);
  });

  it('does not let a backlog that is refused hold up the newest', async () => {
    sink.reply = away;
    await push(0, 1, 2);
    await until(() => sink.received.length >= 2);
    const before = sink.received.length;
    sink.reply = ({ snapshots }, response) => {
      if (snapshots.length === 1) return undefined;
      response.writeHead(409).end();
      return 'answered';
    };
    for (let seq = 3; seq < 12; seq++) {
      await push(seq);
      await sleep(25);
    }
    await until(() =>
      pushes()
        .slice(before)
        .some(({ length }) => length > 1),
    );
    const alone = pushes()
      .slice(before)
      .filter(({ length }) => length === 1)
      .flat();
    expect(alone).toEqual(expect.arrayContaining([6, 7, 8, 9, 10, 11]));
  });

  it('tells whether snapshots pile up', async () => {
    sink.reply = away;
    await push(...Array.from({ length: 11 }, (_, seq) => seq));
    expect(uplink.behind).toBe(false);
    await push(11);
    expect(uplink.behind).toBe(true);
    sink.reply = () => undefined;
    await until(() => uplink.connected);
    expect(uplink.behind).toBe(false);
  });

  it("learns the server's clock from its answers", async () => {
    sink.reply = () => ({ serverTime: new Date(Date.now() + 3_600_000).toISOString() });
    await push(0);
    await until(settled);
    expect(Math.abs(clock.offsetMs - 3_600_000)).toBeLessThan(1_000);
    await push(1);
    await until(() => sink.received.length === 2);
    const takenAt = sink.received.at(-1)?.snapshots[0]?.takenAt ?? '';
    expect(Math.abs(Date.parse(takenAt) - Date.now() - 3_600_000)).toBeLessThan(1_000);
  });

  it('learns it from an answer that rejects everything, too', async () => {
    sink.aheadMs = -3_600_000;
    const issues = [{ path: 'snapshots.0.takenAt', message: 'lies in the future' }];
    sink.reply = () => ({ accepted: 0, rejected: [{ index: 0, issues }] });
    await push(0);
    await until(settled);
    expect(Math.abs(clock.offsetMs + 3_600_000)).toBeLessThan(1_000);
  });

  it.each([400, 401, 413, 503])('learns it from the date of an answer with %i, too', async (status) => {
    sink.aheadMs = 600_000;
    sink.reply = failing(Infinity, status);
    await push(0);
    await until(() => sink.received.length > 0 && clock.offsetMs !== 0);
    expect(Math.abs(clock.offsetMs - 600_000)).toBeLessThan(1_100);
  });

  it('makes one last attempt when it is stopped while it waits', async () => {
    sink.reply = failing(1, 503, { 'retry-after': '600' });
    await push(0);
    await until(() => uplink.state === 'waiting');
    await uplink.stop(1_000);
    expect(outbox.waiting).toBe(0);
    expect(pushes()).toEqual([[0], [0]]);
  });

  it('gives up the last attempt at the deadline, and keeps what is left for the next start', async () => {
    sink.reply = () => 'answered';
    await push(0);
    await until(() => sink.received.length === 1);
    const start = performance.now();
    await uplink.stop(100);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(said.at(-1)).toBe('1 snapshots could not be delivered before the end; they are kept for the next start');
    const next = await openOutbox();
    expect((await next.oldest(9, 9_999, () => false))?.parcels.map(({ seq }) => seq)).toEqual([0]);
    await next.close();
  });
});
