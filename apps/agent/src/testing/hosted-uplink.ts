import { type Agent, type PushAnswer, type Snapshot } from '@closewatch/protocol';
import { join } from 'node:path';
import { type Log } from '../log.ts';
import { type ServerClock } from '../sampling/server-clock.ts';
import { Courier, type Delivery } from '../uplink/courier.ts';
import { Losses } from '../uplink/losses.ts';
import { Outbox } from '../uplink/outbox.ts';
import { parcelOf, type Batch, type Run } from '../uplink/parcel.ts';
import { Token } from '../uplink/token.ts';
import { UPLINK_POLICY } from '../uplink/uplink-states.ts';
import { Uplink } from '../uplink/uplink.ts';

/** A host as its simulation names it, in one run of its agent. */
export interface HostedRun {
  readonly agentId: string;
  readonly run: Run;
  readonly agent: Agent;
}

export interface HostedUplinkParts {
  readonly server: URL;
  readonly token: string;
  readonly tokenFile: string | undefined;
  /** Of this host alone. */
  readonly folder: string;
  readonly clock: ServerClock;
  readonly log: Log;
  readonly onAnswer: (answer: PushAnswer) => void;
  readonly onResync: () => void;
}

const PUSH_TIMEOUT_MS = 30_000;
const KEEP_AFTER_MS = 1_000;
const OUTBOX = { bytes: 64 * 1024 * 1024, ageMs: 24 * 3_600_000 };

/** Outbox, courier and uplink of one host as `closewatch-agent run` puts them together, without what looks at a kernel. */
export class HostedUplink {
  readonly #uplink: Uplink;
  readonly #courier: Courier;
  readonly #outbox: Outbox;
  readonly #run: Run;

  private constructor(uplink: Uplink, courier: Courier, outbox: Outbox, run: Run) {
    this.#uplink = uplink;
    this.#courier = courier;
    this.#outbox = outbox;
    this.#run = run;
  }

  static async open({ agentId, run, agent }: HostedRun, parts: HostedUplinkParts): Promise<HostedUplink> {
    const { server, token, tokenFile, folder, clock, log, onAnswer, onResync } = parts;
    const describe = (): Agent => agent;
    const outbox = await Outbox.open({
      folder: join(folder, 'outbox'),
      bounds: OUTBOX,
      describe,
      losses: new Losses(join(folder, 'outbox-losses')),
    });
    const courier = new Courier({
      server,
      token: new Token(token, tokenFile),
      agentId,
      runId: run.runId,
      describe,
      clock,
      timeoutMs: PUSH_TIMEOUT_MS,
    });
    const deliver = async (batch: Batch, signal: AbortSignal): Promise<Delivery> => {
      const delivery = await courier.deliver(batch, signal);
      if (delivery.kind === 'accepted') onAnswer(delivery.answer);
      return delivery;
    };
    const uplink = new Uplink({
      outbox,
      runId: run.runId,
      deliver,
      policy: UPLINK_POLICY,
      keepAfterMs: KEEP_AFTER_MS,
      log,
      onRefused: () => undefined,
      onResync,
    });
    return new HostedUplink(uplink, courier, outbox, run);
  }

  get connected(): boolean {
    return this.#uplink.connected;
  }

  /** Snapshots that are on disk or wait to be. */
  get waiting(): number {
    return this.#outbox.waiting;
  }

  /** The snapshots of a round, the own namespace first. */
  async push(snapshots: readonly Snapshot[]): Promise<void> {
    for (const snapshot of snapshots) {
      const handling = { begins: snapshot.netns === 0, keep: snapshot.events !== undefined };
      this.#uplink.push(await parcelOf(this.#run, snapshot), handling);
    }
    this.#outbox.tend(Date.now());
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#uplink.stop(deadlineMs);
    this.#courier.close();
  }
}
