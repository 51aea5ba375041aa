import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PushSink } from '../testing/push-sink.ts';
import { planHost } from '../world/host.ts';
import { pastTelling } from '../world/telling.ts';
import { batchesOf, looksIn } from './batches.ts';
import { fill, type FillOptions } from './filler.ts';
import { PushRefused } from './push-client.ts';

const UNTIL_MS = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

let sink: PushSink;
let server: URL;
let stop: AbortController;

beforeEach(async () => {
  stop = new AbortController();
  sink = new PushSink();
  server = await sink.open();
});

afterEach(async () => {
  stop.abort();
  await sink.close();
});

function options(changes: Partial<FillOptions> = {}): FillOptions {
  return {
    seed: 7,
    hosts: 2,
    fromMs: UNTIL_MS - 20 * HOUR_MS,
    untilMs: UNTIL_MS,
    intervalMs: 60_000,
    server,
    token: 'secret',
    parallel: 2,
    stop: stop.signal,
    onProgress: () => undefined,
    ...changes,
  };
}

describe('the filler', () => {
  it('pushes every snapshot of the past once, a thousand at a time, each push of one run', async () => {
    const progress = await fill(options());
    expect(sink.faults).toEqual([]);
    const keys = sink.arrived.flatMap(({ agentId, snapshots }) =>
      snapshots.map(({ netns, takenAt }) => `${agentId} ${netns} ${takenAt}`),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(progress).toMatchObject({ accepted: keys.length, rejected: 0, part: 1, pushes: sink.arrived.length });
    // A host that is up all the time looks every minute; those with containers look at these too.
    expect(keys.length).toBeGreaterThan(2 * 20 * 60 * 0.9);
    for (const { snapshots } of sink.arrived) expect(snapshots.length).toBeLessThanOrEqual(1_000);
    for (const { snapshots } of sink.arrived) {
      for (const { takenAt } of snapshots) {
        expect(Date.parse(takenAt)).toBeGreaterThanOrEqual(UNTIL_MS - 20 * HOUR_MS);
        expect(Date.parse(takenAt)).toBeLessThan(UNTIL_MS + 100);
      }
    }
  }, 30_000);

  it('waits as long as a busy server asks, and loses nothing', async () => {
    sink.busy = 2;
    const startedAt = performance.now();
    const progress = await fill(options({ hosts: 1, fromMs: UNTIL_MS - HOUR_MS, parallel: 1 }));
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(progress).toMatchObject({ waits: 2, accepted: 60 });
  }, 15_000);

  it('gives up at once when the server refuses for good', async () => {
    sink.refuses = true;
    await expect(fill(options())).rejects.toBeInstanceOf(PushRefused);
  });

  it('stops when it is told to', async () => {
    sink.busy = 1_000;
    const filling = fill(options());
    setTimeout(() => stop.abort(), 50);
    await expect(filling).rejects.toThrow();
  });
});

describe('batches of the past', () => {
  it('tell of a connection once, with its whole life, and at the end of those that are open', () => {
    const index = Array.from({ length: 30 }, (_, i) => i).find((i) => planHost(7, i).leak === 'saw_tooth') ?? 0;
    const telling = pastTelling(60_000);
    const past = { plan: planHost(7, index), telling, fromMs: UNTIL_MS - 60 * HOUR_MS, untilMs: UNTIL_MS };
    const told = [...batchesOf({ ...past, tellsOpen: true })]
      .flatMap(({ snapshots }) => snapshots)
      .map(
        (text) =>
          JSON.parse(text) as {
            complete: boolean;
            takenAt: string;
            connections: { endedAt?: string; socketId: string }[];
          },
      );
    const ends = told.flatMap(({ connections }) => connections.filter(({ endedAt }) => endedAt !== undefined));
    expect(ends.length).toBeGreaterThan(300);
    expect(new Set(ends.map(({ socketId }) => socketId)).size).toBe(ends.length);
    const last = told.at(-1);
    expect(last?.complete).toBe(true);
    expect(last?.connections.length).toBeGreaterThan(0);
    expect(
      told.filter(({ connections }) => connections.some(({ endedAt }) => endedAt === undefined)).length,
    ).toBeLessThan(6);
    expect(looksIn({ ...past, tellsOpen: true })).toBe(60 * 60);
  });
});
