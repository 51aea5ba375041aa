import { PushSchema, SnapshotSchema, type Snapshot } from '@closewatch/protocol';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A push as it arrived, parsed by the protocol's own schemas. */
export interface Arrived {
  readonly agentId: string;
  readonly hostname: string;
  readonly runId: string;
  readonly token: string;
  readonly snapshots: readonly Snapshot[];
}

/** A server on loopback that takes pushes, checks them and keeps them. */
export class PushSink {
  readonly arrived: Arrived[] = [];
  /** What is wrong with those that are no pushes. */
  readonly faults: string[] = [];
  /** Answers so many pushes with 503 and Retry-After first. */
  busy = 0;
  /** Answers every push with 401. */
  refuses = false;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  async open(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the sink has no port');
    return new URL(`http://127.0.0.1:${address.port}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (request.method !== 'POST') {
      response.end('ok');
      return;
    }
    if (this.refuses) {
      response.writeHead(401).end('{}');
      return;
    }
    if (this.busy-- > 0) {
      response.writeHead(503, { 'retry-after': '1' }).end('{}');
      return;
    }
    try {
      const push = PushSchema.parse(JSON.parse(gunzipSync(Buffer.concat(pieces)).toString('utf8')));
      const snapshots = push.snapshots.map((snapshot) => SnapshotSchema.parse(snapshot));
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const { agentId, runId, agent } = push;
      this.arrived.push({ agentId, runId, hostname: agent.hostname, token, snapshots });
      const answer = { accepted: snapshots.length, duplicate: 0, rejected: [], resync: false };
      response.end(JSON.stringify({ ...answer, serverTime: new Date().toISOString() }));
    } catch (error) {
      this.faults.push(String(error));
      response.writeHead(400).end('{}');
    }
  }
}
