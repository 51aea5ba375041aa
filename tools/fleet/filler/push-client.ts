import type { Agent, PushAnswer } from '@closewatch/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What stands beside the snapshots of a push. */
export interface PushHead {
  readonly agentId: string;
  readonly runId: string;
  readonly bootId: string;
  readonly agent: Agent;
}

const PROTOCOL = 1;
const TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** A server that says no for good: there is no sense in trying again. */
export class PushRefused extends Error {}

/** Pushes snapshots of any host, as often as it takes; waits as long as the server asks. */
export class PushClient {
  /** How often it had to wait because the server asked for it. */
  waits = 0;
  readonly #url: string;
  readonly #token: string;
  readonly #stop: AbortSignal;

  constructor(server: URL, token: string, stop: AbortSignal) {
    this.#url = `${server.href.replace(/\/+$/, '')}/api/v1/snapshots`;
    this.#token = token;
    this.#stop = stop;
  }

  /** `snapshots`: the JSON of each. Throws {@link PushRefused}, and what the signal says when it fires. */
  async push(head: PushHead, snapshots: readonly string[]): Promise<PushAnswer> {
    const text = `${JSON.stringify({ protocol: PROTOCOL, ...head }).slice(0, -1)},"snapshots":[${snapshots.join(',')}]}`;
    const body = await compress(text, { level: constants.Z_BEST_SPEED });
    for (let failures = 0; ; failures++) {
      this.#stop.throwIfAborted();
      const response = await this.#post(body).catch(() => undefined);
      if (response?.ok === true) return (await response.json()) as PushAnswer;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
      const askedMs = await this.#judge(response);
      await sleep(askedMs ?? pauseMs, undefined, { signal: this.#stop });
    }
  }

  #post(body: Uint8Array<ArrayBuffer>): Promise<Response> {
    return fetch(this.#url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body,
      signal: AbortSignal.any([this.#stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  }

  /** How long the server asks to wait, milliseconds; undefined: it does not say. Throws when waiting is of no use. */
  async #judge(response: Response | undefined): Promise<number | undefined> {
    if (response === undefined) return undefined;
    const words = await response.text();
    if (response.status !== 429 && response.status < 500) {
      throw new PushRefused(`the server answered ${response.status}: ${words.slice(0, 300)}`);
    }
    const seconds = Number(response.headers.get('retry-after'));
    if (!(seconds > 0)) return undefined;
    this.waits++;
    return seconds * 1_000;
  }
}
