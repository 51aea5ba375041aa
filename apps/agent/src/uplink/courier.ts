import { type Agent } from '@closewatch/protocol';
import type { Agent as HttpAgent } from 'node:http';
import { type ServerClock } from '../sampling/server-clock.ts';
import { PROTOCOL_VERSION } from './contract.ts';
import { dateOf, exchange } from './http-exchange.ts';
import { clientFor } from './node-http.ts';
import { packPush } from './packing.ts';
import { type Batch } from './parcel.ts';
import { meaningOf, type Meaning } from './push-answer.ts';
import { type Token } from './token.ts';

/** How a push went; it rejects when nobody answered. */
export type Delivery = Meaning;

export interface DeliveryParts {
  readonly server: URL;
  readonly token: Token;
  readonly agentId: string;
  /** Of this run: it says of itself what is true at the moment of the push. */
  readonly runId: string;
  readonly describe: () => Agent;
  readonly clock: ServerClock;
  readonly timeoutMs: number;
}

/** Brings parcels to one server over a connection that is kept open, and learns the server's clock on the way. */
export class Courier {
  readonly #parts: DeliveryParts;
  readonly #url: URL;
  readonly #agent: HttpAgent;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#url = new URL(parts.server);
    this.#url.pathname = `${parts.server.pathname.replace(/\/+$/, '')}/api/v1/snapshots`;
    this.#agent = new (clientFor(this.#url).Agent)({ keepAlive: true, maxSockets: 1 });
  }

  /** A token that the server does not know is read again, and tried once more when it is another. */
  async deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    const { token } = this.#parts;
    const body = await packPush(
      this.#headOf(batch),
      batch.parcels.map(({ packed }) => packed),
    );
    const delivery = await this.#post(body, signal);
    const unknown = delivery.kind === 'refused' && delivery.as === 'unauthorized';
    return unknown && token.renew() ? this.#post(body, signal) : delivery;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const { clock, token, timeoutMs } = this.#parts;
    const sentAt = clock.now();
    const answer = await exchange({
      method: 'POST',
      url: this.#url,
      headers: {
        authorization: `Bearer ${token.value}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        accept: 'application/json',
      },
      body,
      timeoutMs,
      signal,
      agent: this.#agent,
    });
    const receivedAt = clock.now();
    const meaning = meaningOf(answer, Date.now());
    if (meaning.kind === 'accepted') {
      clock.learn({ sentAt, receivedAt, serverTimeMs: Date.parse(meaning.answer.serverTime) });
    } else {
      // What was refused may have been refused for its dates: a refusal tells the time too, if only in seconds.
      clock.learnDate({ sentAt, receivedAt, dateMs: dateOf(answer) });
    }
    return meaning;
  }

  /** What an earlier run said of itself stands beside its snapshots; where it is lost, this one speaks for it. */
  #headOf({ run, agent }: Batch): object {
    const { agentId, runId, describe } = this.#parts;
    const earlier = run.runId === runId || agent === undefined ? undefined : (JSON.parse(agent) as Agent);
    return { protocol: PROTOCOL_VERSION, agentId, ...run, agent: earlier ?? describe() };
  }
}
