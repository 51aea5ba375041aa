import { type Agent, type Snapshot } from '@closewatch/protocol';
import { emptyTally } from '@closewatch/socket-states';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerClock } from '../sampling/server-clock.ts';
import { Courier } from '../uplink/courier.ts';
import { Losses } from '../uplink/losses.ts';
import { Outbox } from '../uplink/outbox.ts';
import { parcelOf, type Parcel, type Run } from '../uplink/parcel.ts';
import { Token } from '../uplink/token.ts';
import { Uplink } from '../uplink/uplink.ts';
import { AGENT, runOf } from './parcels.ts';
import { Sink, type Reply } from './sink.ts';

const POLICY = { batch: 8, firstPauseMs: 20, longestPauseMs: 100, slowPauseMs: 60, spreadMs: 40, restMs: 20 };

export const AGENT_ID = '8728ce41-1278-4199-bf3b-51b6f6ba951d';
export const THIS_RUN: Run = runOf(1);

/** Where everything of a rig stands. */
export function rigFolder(): string {
  return mkdtempSync(join(tmpdir(), 'closewatch-uplink-'));
}

/** The outbox in the folder of a rig. */
export function openOutbox(folder: string, agent: Agent = AGENT): Promise<Outbox> {
  return Outbox.open({
    folder: join(folder, 'outbox'),
    bounds: { bytes: 2 ** 20, ageMs: 3_600_000 },
    describe: () => agent,
    losses: new Losses(join(folder, 'losses')),
  });
}

/** An uplink with short pauses, its outbox in a folder of its own, and a server on loopback. */
export class UplinkRig {
  readonly clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  /** Numbers of the snapshots that the server refused. */
  readonly refused: number[] = [];
  readonly said: string[] = [];
  readonly uplink: Uplink;
  readonly #courier: Courier;

  private constructor(
    readonly folder: string,
    readonly sink: Sink,
    readonly outbox: Outbox,
    server: URL,
  ) {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'secret');
    this.#courier = new Courier({
      server,
      token: new Token('secret', tokenFile),
      agentId: AGENT_ID,
      runId: THIS_RUN.runId,
      describe: () => ({ ...AGENT, clockOffsetMs: this.clock.offsetMs }),
      clock: this.clock,
      timeoutMs: 2_000,
    });
    const say = (line: string): void => void this.said.push(line);
    this.uplink = new Uplink({
      outbox,
      runId: THIS_RUN.runId,
      deliver: (batch, signal) => this.#courier.deliver(batch, signal),
      policy: POLICY,
      keepAfterMs: 100,
      log: { info: say, warn: say },
      onRefused: (seqs) => void this.refused.push(...seqs),
    });
  }

  static async open(folder = rigFolder()): Promise<UplinkRig> {
    const sink = new Sink();
    return new UplinkRig(folder, sink, await openOutbox(folder), await sink.open());
  }

  async close(): Promise<void> {
    await this.uplink.stop(200);
    this.#courier.close();
    await this.sink.close();
    rmSync(this.folder, { recursive: true });
  }

  async parcel(seq: number, run = THIS_RUN, netns = 0): Promise<Parcel> {
    const snapshot: Snapshot = {
      seq,
      takenAt: new Date(Date.parse(this.clock.instant(this.clock.now())) + seq).toISOString(),
      intervalMs: 5_000,
      netns,
      counts: emptyTally(),
      connections: [],
      complete: false,
    };
    return parcelOf(run, snapshot);
  }

  /** Each as a round of its own. */
  async push(...seqs: number[]): Promise<void> {
    for (const seq of seqs) this.uplink.push(await this.parcel(seq), { begins: true, keep: false });
  }

  /** As one round of several network namespaces. */
  async pushRound(...seqs: number[]): Promise<void> {
    const parcels = await Promise.all(seqs.map((seq, netns) => this.parcel(seq, THIS_RUN, netns)));
    for (const [index, one] of parcels.entries()) this.uplink.push(one, { begins: index === 0, keep: false });
  }

  /** All that was pushed is dealt with. */
  settled(): boolean {
    return this.uplink.state === 'idle' && this.outbox.waiting === 0 && this.sink.received.length > 0;
  }

  async until(condition: () => boolean = () => this.settled()): Promise<void> {
    for (let i = 0; i < 300 && !condition(); i++) await sleep(10);
    if (!condition()) throw new Error(`it did not happen; the agent said: ${this.said.join(' | ')}`);
  }

  /** The snapshots of each push, from the so manyeth push on. */
  pushes(from = 0): number[][] {
    return this.sink.received.slice(from).map(({ snapshots }) => snapshots.map(({ seq }) => seq));
  }
}

/** Answers with this status the first so many times, then accepts. */
export function failing(times: number, status: number, headers: Record<string, string> = {}): Reply {
  let left = times;
  return (_received, response) => {
    if (left-- <= 0) return undefined;
    response.writeHead(status, headers).end();
    return 'answered';
  };
}

/** Nobody there. */
export const away: Reply = (_received, response) => {
  response.destroy();
  return 'answered';
};
