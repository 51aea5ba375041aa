import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT, runOf } from '../testing/parcels.ts';
import { AGENT_ID, THIS_RUN, UplinkRig, away, failing, openOutbox, rigFolder } from '../testing/uplink-rig.ts';

let rig: UplinkRig;

beforeEach(async () => {
  rig = await UplinkRig.open();
});

afterEach(() => rig.close());

describe('the uplink to a real server', () => {
  it('pushes as the contract says, and writes nothing to disk while all goes well', async () => {
    await rig.push(0);
    await rig.until();
    await rig.push(1);
    await rig.until(() => rig.pushes().flat().includes(1) && rig.settled());
    const [received, second] = rig.sink.received;
    expect(received?.path).toBe('/api/v1/snapshots');
    expect(received?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-encoding': 'gzip' });
    expect(received?.push).toMatchObject({ protocol: 1, agentId: AGENT_ID, ...THIS_RUN, agent: { hostname: 'h' } });
    expect(second?.snapshots.map(({ seq }) => seq)).toEqual([1]);
    expect(readdirSync(join(rig.folder, 'outbox'))).toEqual([]);
  });

  it('sends the same snapshot, to the byte, again after 503', async () => {
    rig.sink.reply = failing(2, 503);
    await rig.push(0);
    await rig.until();
    const texts = rig.sink.received.map(({ text }) => text.slice(text.indexOf('"snapshots"')));
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(1);
  });

  it('waits as long as Retry-After asks', async () => {
    rig.sink.reply = failing(1, 429, { 'retry-after': '1' });
    const start = performance.now();
    await rig.push(0);
    await rig.until();
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
  });

  it('sends the newest first when the server is back, then the backlog, oldest first and batched', async () => {
    rig.sink.reply = away;
    await rig.push(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    await rig.until(() => rig.sink.received.length >= 2);
    expect(rig.outbox.waiting).toBe(12);
    expect(readdirSync(join(rig.folder, 'outbox'))).toHaveLength(1);
    const before = rig.sink.received.length;
    rig.sink.reply = () => undefined;
    await rig.until();
    expect(rig.pushes(before)).toEqual([[11], [0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10]]);
    expect(readdirSync(join(rig.folder, 'outbox'))).toEqual([]);
  });

  it('lets new snapshots go in between while the backlog goes', async () => {
    rig.sink.reply = away;
    await rig.push(...Array.from({ length: 40 }, (_, seq) => seq));
    await rig.until(() => rig.sink.received.length >= 2);
    const before = rig.sink.received.length;
    rig.sink.reply = () => undefined;
    for (let seq = 40; seq < 50; seq++) {
      await rig.push(seq);
      await sleep(20);
    }
    await rig.until();
    const order = rig.pushes(before);
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
    const folder = rigFolder();
    const earlier = await openOutbox(folder, { ...AGENT, hostname: 'then', version: '1.0.0' });
    for (const seq of [7, 8]) earlier.add(await rig.parcel(seq, runOf(0)));
    await earlier.close();
    const next = await UplinkRig.open(folder);
    try {
      await next.push(0);
      await next.until();
      expect(next.sink.received.map(({ push }) => [push.runId, push.agent.hostname, push.agent.version])).toEqual([
        [THIS_RUN.runId, 'h', '1.2.3'],
        [runOf(0).runId, 'then', '1.0.0'],
      ]);
      expect(next.pushes()).toEqual([[0], [7, 8]]);
    } finally {
      await next.close();
    }
  });

  it('sends a round of several network namespaces as they come, together what waits', async () => {
    await rig.pushRound(0, 1, 2, 3);
    await rig.until();
    expect(rig.pushes().flat()).toEqual([0, 1, 2, 3]);
    expect(rig.pushes().length).toBeLessThanOrEqual(2);
    expect(rig.outbox.waiting).toBe(0);
  });

  it('puts on disk what is under way for long, and takes it off when it arrived', async () => {
    let answer = (): void => undefined;
    rig.sink.reply = (_received, response) => {
      const { length } = rig.sink.received;
      if (length > 1) return undefined;
      const accepted = { accepted: 1, duplicate: 0, rejected: [], resync: false, serverTime: new Date().toISOString() };
      answer = () => void response.writeHead(200).end(JSON.stringify(accepted));
      return 'answered';
    };
    await rig.push(0);
    await rig.until(() => rig.sink.received.length === 1 && rig.outbox.waiting === 1);
    answer();
    await rig.until();
    expect(rig.pushes()).toEqual([[0]]);
  });

  it('does not let a backlog that is refused hold up the newest', async () => {
    rig.sink.reply = away;
    await rig.push(0, 1, 2);
    await rig.until(() => rig.sink.received.length >= 2);
    const before = rig.sink.received.length;
    rig.sink.reply = ({ snapshots }, response) => {
      if (snapshots.length === 1) return undefined;
      response.writeHead(409).end();
      return 'answered';
    };
    for (let seq = 3; seq < 12; seq++) {
      await rig.push(seq);
      await sleep(25);
    }
    await rig.until(() => rig.pushes(before).some(({ length }) => length > 1));
    const alone = rig
      .pushes(before)
      .filter(({ length }) => length === 1)
      .flat();
    expect(alone).toEqual(expect.arrayContaining([6, 7, 8, 9, 10, 11]));
  });

  it('tells whether snapshots pile up', async () => {
    rig.sink.reply = away;
    await rig.push(...Array.from({ length: 11 }, (_, seq) => seq));
    expect(rig.uplink.behind).toBe(false);
    await rig.push(11);
    expect(rig.uplink.behind).toBe(true);
    rig.sink.reply = () => undefined;
    await rig.until(() => rig.uplink.connected);
    expect(rig.uplink.behind).toBe(false);
  });

  it("learns the server's clock from its answers", async () => {
    rig.sink.reply = () => ({ serverTime: new Date(Date.now() + 3_600_000).toISOString() });
    await rig.push(0);
    await rig.until();
    expect(Math.abs(rig.clock.offsetMs - 3_600_000)).toBeLessThan(1_000);
    await rig.push(1);
    await rig.until(() => rig.sink.received.length === 2);
    const takenAt = rig.sink.received.at(-1)?.snapshots[0]?.takenAt ?? '';
    expect(Math.abs(Date.parse(takenAt) - Date.now() - 3_600_000)).toBeLessThan(1_000);
  });

  it('learns it from an answer that rejects everything, too', async () => {
    rig.sink.aheadMs = -3_600_000;
    const issues = [{ path: 'snapshots.0.takenAt', message: 'lies in the future' }];
    rig.sink.reply = () => ({ accepted: 0, rejected: [{ index: 0, issues }] });
    await rig.push(0);
    await rig.until();
    expect(Math.abs(rig.clock.offsetMs + 3_600_000)).toBeLessThan(1_000);
  });

  it.each([400, 401, 413, 503])('learns it from the date of an answer with %i, too', async (status) => {
    rig.sink.aheadMs = 600_000;
    rig.sink.reply = failing(Infinity, status);
    await rig.push(0);
    await rig.until(() => rig.sink.received.length > 0 && rig.clock.offsetMs !== 0);
    expect(Math.abs(rig.clock.offsetMs - 600_000)).toBeLessThan(1_100);
  });

  it('makes one last attempt when it is stopped while it waits', async () => {
    rig.sink.reply = failing(1, 503, { 'retry-after': '600' });
    await rig.push(0);
    await rig.until(() => rig.uplink.state === 'waiting');
    await rig.uplink.stop(1_000);
    expect(rig.outbox.waiting).toBe(0);
    expect(rig.pushes()).toEqual([[0], [0]]);
  });

  it('gives up the last attempt at the deadline, and keeps what is left for the next start', async () => {
    rig.sink.reply = () => 'answered';
    await rig.push(0);
    await rig.until(() => rig.sink.received.length === 1);
    const start = performance.now();
    await rig.uplink.stop(100);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(rig.said.at(-1)).toBe('1 snapshots could not be delivered before the end; they are kept for the next start');
    const next = await openOutbox(rig.folder);
    expect((await next.oldest(9, 9_999, () => false))?.parcels.map(({ seq }) => seq)).toEqual([0]);
    await next.close();
  });
});
