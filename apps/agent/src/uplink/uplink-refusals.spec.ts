import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reply } from '../testing/sink.ts';
import { UplinkRig, away, failing } from '../testing/uplink-rig.ts';

let rig: UplinkRig;

beforeEach(async () => {
  rig = await UplinkRig.open();
});

afterEach(() => rig.close());

describe('what a server refuses', () => {
  it('halves the batch on 413 until it passes, and loses nothing', async () => {
    rig.sink.reply = away;
    await rig.push(0, 1, 2, 3, 4, 5, 6, 7);
    await rig.until(() => rig.sink.received.length >= 2);
    const before = rig.sink.received.length;
    rig.sink.reply = ({ snapshots }, response) => {
      if (snapshots.length <= 2) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    await rig.until();
    const delivered = rig.pushes(before).filter(({ length }) => length <= 2);
    expect(delivered.flat()).toEqual([7, 0, 1, 2, 3, 4, 5, 6]);
  });

  it('gives up a snapshot that is too large alone, says so, and goes on with the next', async () => {
    rig.sink.reply = ({ snapshots }, response) => {
      if (!snapshots.some(({ seq }) => seq === 1)) return undefined;
      response.writeHead(413).end();
      return 'answered';
    };
    await rig.push(0);
    await rig.until();
    await rig.push(1);
    await rig.until(() => rig.refused.length > 0);
    await rig.push(2);
    await rig.until(() => rig.pushes().at(-1)?.[0] === 2 && rig.settled());
    expect(rig.said.filter((line) => line.startsWith('snapshot 1 is dropped'))).toHaveLength(1);
    expect(rig.refused).toEqual([1]);
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
    rig.sink.reply = finding('snapshots.0.seq', (seqs) => seqs.includes(1));
    await rig.pushRound(0, 1, 2, 3);
    await rig.until(() => rig.refused.length > 0);
    await rig.push(4);
    await rig.until(() => rig.settled() && taken().length === 4);
    expect(rig.refused).toEqual([1]);
    expect(taken()).toEqual([0, 2, 3, 4]);
  });

  /** Those of the pushes that none of these checks refused: without snapshot 1. */
  const taken = (): number[] =>
    rig
      .pushes()
      .filter((seqs) => !seqs.includes(1))
      .flat()
      .toSorted((a, b) => a - b);

  it('keeps its snapshots when what is refused is not in them, says so once, and tries again slowly', async () => {
    rig.sink.reply = finding('agent.hostname', () => rig.sink.received.length < 4);
    await rig.push(0, 1, 2);
    await rig.until();
    expect(rig.refused).toEqual([]);
    expect(rig.pushes().slice(-2)).toEqual([[2], [0, 1]]);
    expect(rig.said.filter((line) => /agent\.hostname: odd; .*retrying slowly/.test(line))).toHaveLength(1);
  });

  it('drops what the server rejects, and names why', async () => {
    rig.sink.reply = () => ({
      accepted: 0,
      rejected: [{ index: 0, issues: [{ path: 'snapshots.0.counts', message: 'odd' }] }],
    });
    await rig.push(7);
    await rig.until();
    expect(rig.said).toContain('the server rejected snapshot 7, which is dropped: snapshots.0.counts: odd');
    expect(rig.refused).toEqual([7]);
  });

  it.each([
    [401, /CLOSEWATCH_TOKEN/],
    [409, /delete agent\/agent-id/],
    [426, /update the older one/],
    [404, /CLOSEWATCH_SERVER/],
  ])('says once what to do about %i, keeps the snapshots and tries again slowly', async (status, advice) => {
    rig.sink.reply = failing(3, status);
    await rig.push(0, 1);
    await rig.until();
    expect(rig.sink.received.length).toBeGreaterThanOrEqual(4);
    expect(rig.said.filter((line) => advice.test(line))).toHaveLength(1);
    expect(rig.said).toContain('the server takes snapshots');
  });

  it('reads its token again when the server does not know it', async () => {
    rig.sink.reply = ({ headers }, response) => {
      if (headers.authorization === 'Bearer another') return undefined;
      writeFileSync(join(rig.folder, 'token'), 'another\n');
      response.writeHead(401).end();
      return 'answered';
    };
    await rig.push(0);
    await rig.until();
    expect(rig.sink.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer another']);
    expect(rig.said).toEqual(['the server takes snapshots']);
  });
});
