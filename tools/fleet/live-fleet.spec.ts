import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveFleet } from './live-fleet.ts';
import { PushSink } from './testing/push-sink.ts';
import { planHost } from './world/host.ts';

const HOSTS = 12;
let sink: PushSink;

beforeEach(() => {
  sink = new PushSink();
});

afterEach(async () => {
  await sink.close();
});

it('pushes through uplinks of the agent what each host sees, valid and in order, and leaves nothing behind', async () => {
  const lines: string[] = [];
  const failures: Error[] = [];
  const fleet = await LiveFleet.start({
    seed: 7,
    hosts: HOSTS,
    intervalMs: 5_000,
    server: await sink.open(),
    token: 'secret-of-the-fleet',
    tokenFile: '/nonexistent',
    clockAheadMs: 0,
    onLine: (line) => lines.push(line),
    onFailure: (error) => failures.push(error),
  });
  try {
    for (let i = 0; i < 300 && sink.arrived.length < 2 * HOSTS; i++) await sleep(50);
  } finally {
    await fleet.stop();
  }
  expect(sink.faults).toEqual([]);
  expect(failures).toEqual([]);
  expect(lines).toEqual([]);
  expect(new Set(sink.arrived.map(({ token }) => token))).toEqual(new Set(['secret-of-the-fleet']));
  const ids = Array.from({ length: HOSTS }, (_, index) => planHost(7, index).agentId);
  for (const id of ids) {
    const own = sink.arrived.filter(({ agentId }) => agentId === id).flatMap(({ snapshots }) => snapshots);
    expect(own.length).toBeGreaterThanOrEqual(1);
    const seqs = own.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    // The first tells everything, for the server knows nothing.
    expect(own[0]).toMatchObject({ complete: true, processes: expect.anything(), kernel: expect.anything() });
  }
  expect(fleet.tally.accepted).toBe(sink.arrived.reduce((sum, { snapshots }) => sum + snapshots.length, 0));
}, 30_000);
