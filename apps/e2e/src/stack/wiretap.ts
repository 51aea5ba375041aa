import { PushAnswerSchema, PushSchema, SnapshotSchema, type PushAnswer, type Snapshot } from '@closewatch/protocol';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A push that the server took, and its answer. */
export interface Taken {
  readonly runId: string;
  readonly snapshots: readonly Snapshot[];
  readonly answer: PushAnswer;
}

/** Stands between agents and a server on loopback, lets everything through, and remembers what the server took. */
export class Wiretap {
  readonly taken: Taken[] = [];
  readonly #server: Server;

  private constructor(readonly target: string) {
    this.#server = createServer((request, response) => {
      // A server that is away is away behind the tap, too.
      this.#pass(request, response).catch(() => request.destroy());
    });
  }

  static async open(target: string): Promise<Wiretap> {
    const tap = new Wiretap(target);
    await new Promise<void>((resolve) => tap.#server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === 'POST' ? await buffer(request) : undefined;
    const { authorization = '', 'content-encoding': encoding = 'identity' } = request.headers;
    const answer = await fetch(`${this.target}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json', 'content-encoding': encoding },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    const date = answer.headers.get('date');
    response.writeHead(answer.status, date === null ? {} : { date }).end(text);
    if (body === undefined || answer.status !== 200) return;
    const push = PushSchema.parse(JSON.parse(gunzipSync(body).toString('utf8')));
    const snapshots = push.snapshots.map((snapshot) => SnapshotSchema.parse(snapshot));
    this.taken.push({ runId: push.runId, snapshots, answer: PushAnswerSchema.parse(JSON.parse(text)) });
  }
}
