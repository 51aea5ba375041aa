import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import { emptyTally } from '@closewatch/socket-states';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerClock } from '../sampling/server-clock.ts';
import { Sink, type Reply } from '../testing/sink.ts';
import { Courier } from './courier.ts';
import { Outbox } from './outbox.ts';
import { Uplink } from './uplink.ts';

const POLICY = { batch: 8, firstPauseMs: 20, longestPauseMs: 100, slowPauseMs: 60 };

let sink: Sink;
let courier: Courier;
let uplink: Uplink;
let outbox: Outbox;
let clock: ServerClock;
let refused: number[];
let said: string[];

beforeEach(async () => {
  sink = new Sink();
  const server = await sink.open();
  clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  refused = [];
  said = [];
  courier = new Courier({
    server,
    token: 'secret',
    agentId: '8728ce41-1278-4199-bf3b-51b6f6ba951d',
    runId: '559df0b4-039e-477f-bf21-b6c9be056de2',
    bootId: '0539cfd7-52cc-4992-9ba6-baeee051f796',
    describe: () => ({
      version: '1.2.3',
      hostname: 'h',
      machineId: '',
      kernel: 'Linux',
      source: 'netlink',
      capabilities: [],
      missing: [],
      clockOffsetMs: clock.offsetMs,
    }),
    clock,
    timeoutMs: 2_000,
  });
  outbox = new Outbox();
  const say = (line: string) => void said.push(line);
  uplink = new Uplink({
    outbox,
    deliver: (parcels, signal) => courier.deliver(parcels, signal),
    policy: POLICY,
    log: { info: say, warn: say },
    onRefused: (seqs) => void refused.push(...seqs),
  });
});

afterEach(async () => {
  await uplink.stop(200);
  courier.close();
  await sink.close();
});

function push(...seqs: number[]): void {
  for (const seq of seqs) {
    const snapshot: Snapshot = {
      seq,
      takenAt: clock.instant(clock.now()),
      intervalMs: 5_000,
      netns: 0,
      counts: emptyTally(),
      connections: [],
      complete: false,
    };
    uplink.push({ seq, json: JSON.stringify(snapshot) });
  }
}

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

describe('the uplink to a real server', () => {
  it('pushes as the contract says', async () => {
    push(0);
    await until(() => outbox.length === 0);
    const [received] = sink.received;
    expect(received?.path).toBe('/api/v1/snapshots');
    expect(received?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-encoding': 'gzip' });
    expect(received?.push).toMatchObject({ protocol: 1, agent: { hostname: 'h', version: '1.2.3' } });
  });

  it('sends the same snapshot, to the byte, again after 503', async () => {
    sink.reply = failing(2, 503);
    push(0);
    await until(() => outbox.length === 0);
    const texts = sink.received.map(({ text }) => text.slice(text.indexOf('"snapshots"')));
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    sink.reply = failing(1, 429, { 'retry-after': '1' });
    const start = performance.now();
    push(0);
    await until(() => outbox.length === 0);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  it('halves the batch on 413 until it passes, and loses nothing', async () => {
    sink.reply = ({ snapshots }, response) => {
      if (snapshots.length <= 2) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    push(0, 1, 2, 3, 4, 5, 6, 7);
    await until(() => outbox.length === 0);
    const delivered = pushes().filter(({ length }) => length <= 2);
    expect(delivered.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('gives up a snapshot that is too large alone, says so, and goes on with the next', async () => {
    sink.reply = ({ snapshots }, response) => {
      if (!snapshots.some(({ seq }) => seq === 1)) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    push(0, 1, 2);
    await until(() => outbox.length === 0);
    expect(pushes().at(-1)).toEqual([2]);
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
    push(0, 1, 2);
    await until(() => outbox.length === 0);
    expect(refused).toEqual([1]);
    expect(pushes().at(-1)).toEqual([2]);
  });

  it('keeps its snapshots when what is refused is not in them, says so once, and tries again slowly', async () => {
    sink.reply = finding('agent.hostname', () => sink.received.length < 4);
    push(0, 1, 2);
    await until(() => outbox.length === 0);
    expect(refused).toEqual([]);
    expect(pushes().slice(-2)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(said.filter((line) => /agent\.hostname: odd; .*retrying slowly/.test(line))).toHaveLength(1);
  });

  it('drops what the server rejects, and names why', async () => {
    sink.reply = () => ({
      accepted: 0,
      rejected: [{ index: 0, issues: [{ path: 'snapshots.0.counts', message: 'odd' }] }],
    });
    push(7);
    await until(() => outbox.length === 0);
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
    push(0, 1);
    await until(() => outbox.length === 0);
    expect(sink.received.length).toBeGreaterThanOrEqual(4);
    expect(said.filter((line) => advice.test(line))).toHaveLength(1);
    expect(said.at(-1)).toBe('the server takes snapshots');
  });

  it('keeps snapshots while nobody answers, and delivers them in order afterwards', async () => {
    sink.reply = (_received, response) => {
      response.destroy();
      return 'answered';
    };
    push(0, 1, 2);
    await until(() => sink.received.length >= 2);
    expect(outbox.length).toBe(3);
    sink.reply = () => undefined;
    await until(() => outbox.length === 0);
    expect(pushes().at(-1)).toEqual([0, 1, 2]);
  });

  it("learns the server's clock from its answers", async () => {
    sink.reply = () => ({ serverTime: new Date(Date.now() + 3_600_000).toISOString() });
    push(0);
    await until(() => outbox.length === 0);
    expect(Math.abs(clock.offsetMs - 3_600_000)).toBeLessThan(1_000);
    push(1);
    await until(() => outbox.length === 0);
    const takenAt = sink.received.at(-1)?.snapshots[0]?.takenAt ?? '';
    expect(Math.abs(Date.parse(takenAt) - Date.now() - 3_600_000)).toBeLessThan(1_000);
  });

  it('learns it from an answer that rejects everything, too', async () => {
    sink.aheadMs = -3_600_000;
    const issues = [{ path: 'snapshots.0.takenAt', message: 'lies in the future' }];
    sink.reply = () => ({ accepted: 0, rejected: [{ index: 0, issues }] });
    push(0);
    await until(() => outbox.length === 0);
    expect(Math.abs(clock.offsetMs + 3_600_000)).toBeLessThan(1_000);
  });

  it.each([400, 401, 413, 503])('learns it from the date of an answer with %i, too', async (status) => {
    sink.aheadMs = 600_000;
    sink.reply = failing(Infinity, status);
    push(0);
    await until(() => sink.received.length > 0 && clock.offsetMs !== 0);
    expect(Math.abs(clock.offsetMs - 600_000)).toBeLessThan(1_100);
  });

  it('makes one last attempt when it is stopped while it waits', async () => {
    sink.reply = failing(1, 503, { 'retry-after': '600' });
    push(0);
    await until(() => uplink.state === 'waiting');
    await uplink.stop(1_000);
    expect(outbox.length).toBe(0);
    expect(pushes()).toEqual([[0], [0]]);
  });

  it('gives up the last attempt at the deadline', async () => {
    sink.reply = () => 'answered';
    push(0);
    await until(() => sink.received.length === 1);
    const start = performance.now();
    await uplink.stop(100);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(said.at(-1)).toBe('1 snapshots could not be delivered before the end');
  });
});
