import { type Agent } from '@closewatch/protocol';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { type ServerClock } from '../sampling/server-clock.ts';
import { PROTOCOL_VERSION } from './contract.ts';
import { dateOf, exchange } from './http-exchange.ts';
import { type Parcel } from './outbox.ts';
import { meaningOf, type Meaning } from './push-answer.ts';

/** How a push went; it rejects when nobody answered. */
export type Delivery = Meaning;

const compress = promisify(gzip);

export interface DeliveryParts {
  readonly server: URL;
  readonly token: string;
  readonly agentId: string;
  readonly runId: string;
  readonly bootId: string;
  /** What the agent says of itself, at the moment of the push. */
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
    this.#agent = new (this.#url.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  }

  async deliver(parcels: readonly Parcel[], signal: AbortSignal): Promise<Delivery> {
    const { clock, token, timeoutMs } = this.#parts;
    // The least effort: what repeats in such a text repeats close by.
    const body = await compress(this.#bodyOf(parcels), { level: constants.Z_BEST_SPEED });
    const sentAt = clock.now();
    const answer = await exchange({
      method: 'POST',
      url: this.#url,
      headers: {
        authorization: `Bearer ${token}`,
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

  close(): void {
    this.#agent.destroy();
  }

  #bodyOf(parcels: readonly Parcel[]): string {
    const { agentId, runId, bootId, describe } = this.#parts;
    const head = JSON.stringify({ protocol: PROTOCOL_VERSION, agentId, runId, bootId, agent: describe() });
    // The parcels are JSON already, and stay to the byte what they were when they were queued.
    return `${head.slice(0, -1)},"snapshots":[${parcels.map(({ json }) => json).join(',')}]}`;
  }
}
