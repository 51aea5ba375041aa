import { PushSchema, SnapshotSchema, type PushAnswer, type Snapshot } from '@closewatch/protocol';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One push as it arrived. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly path: string | undefined;
  /** The JSON text of the whole push. */
  readonly text: string;
  readonly push: ReturnType<typeof PushSchema.parse>;
  readonly snapshots: readonly Snapshot[];
}

/** Answers a push; undefined: accept all of it. */
export type Reply = (received: Received, response: ServerResponse) => Partial<PushAnswer> | 'answered' | undefined;

/** A server on loopback that checks every push against the contract and keeps it. */
export class Sink {
  readonly received: Received[] = [];
  /** How far its clock is ahead of this machine's, in milliseconds. */
  aheadMs = 0;
  readonly #server = createServer();
  #reply: Reply;

  constructor(reply: Reply = () => undefined) {
    this.#reply = reply;
    this.#server.on('request', (request, response) => {
      response.setHeader('date', this.#now().toUTCString());
      // Anything but a push has come for the time.
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const text = gunzipSync(Buffer.concat(pieces)).toString('utf8');
        const push = PushSchema.parse(JSON.parse(text));
        const snapshots = push.snapshots.map((snapshot) => SnapshotSchema.parse(snapshot));
        const received = { headers: request.headers, path: request.url, text, push, snapshots };
        this.received.push(received);
        this.#answer(received, response);
      });
    });
  }

  /** Starts to listen; returns its address. */
  async open(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  set reply(reply: Reply) {
    this.#reply = reply;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  #answer(received: Received, response: ServerResponse): void {
    const reply = this.#reply(received, response);
    if (reply === 'answered') return;
    const answer: PushAnswer = {
      accepted: received.snapshots.length,
      duplicate: 0,
      rejected: [],
      serverTime: this.#now().toISOString(),
      resync: false,
      ...reply,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
}
