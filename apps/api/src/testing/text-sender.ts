import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  type ConnectionItem,
  type Host,
  type Page,
  type TextIngestAnswer,
  TextIngestAnswerSchema,
} from '@closewatch/protocol';
import { type Answer, type TestApi } from './test-api.ts';

const FIXTURES = join(import.meta.dirname, '../../../../libs/socket-states/src/socket-text/fixtures');

/** What a real tool printed: `ss-tanpi`, `netstat-n` ... */
export function recordedText(name: string): string {
  return readFileSync(join(FIXTURES, `${name}.txt`), 'utf8');
}

/** A host without an agent that sends texts, and a person who looks at it. */
export class TextSender {
  constructor(
    private readonly api: TestApi,
    private readonly cookie: string,
  ) {}

  /** As `curl -H "Authorization: Bearer ..." --data-binary @-` sends it. */
  async send(host: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<Answer<unknown>> {
    const response = await fetch(`${this.api.url}/api/v1/ingest/text?host=${encodeURIComponent(host)}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.api.agentToken}`,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** As curl does with -T -: in pieces, without saying how many. */
  async stream(host: string, body: Readable): Promise<Answer<unknown>> {
    const headers = { authorization: `Bearer ${this.api.agentToken}`, 'content-type': 'text/plain' };
    const sent = request(`${this.api.url}/api/v1/ingest/text?host=${host}`, { method: 'POST', headers });
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    body.pipe(sent);
    const [response] = await answered;
    const answer: unknown = JSON.parse(await text(response));
    sent.destroy();
    return { status: response.statusCode ?? 0, headers: new Headers(), body: answer };
  }

  /** Sends what must be taken. */
  async sent(host: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<TextIngestAnswer> {
    const answer = await this.send(host, body, headers);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    return TextIngestAnswerSchema.parse(answer.body);
  }

  hostOf({ host }: TextIngestAnswer): Promise<Host> {
    return this.api.read<Host>(this.cookie, `/api/v1/hosts/${host.id}`);
  }

  async connectionsOf({ host }: TextIngestAnswer): Promise<ConnectionItem[]> {
    const path = `/api/v1/hosts/${host.id}/connections?state=close_wait&limit=500`;
    return (await this.api.read<Page<ConnectionItem>>(this.cookie, path)).items;
  }
}

/** Lines of a text of ss. */
export const HEADING = 'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n';
export const LISTEN = 'LISTEN 0 128 *:8080 *:*\n';
export const closeWait = (peerPort: number, told = ''): string =>
  `CLOSE-WAIT 1 0 192.0.2.1:8080 198.51.100.7:${peerPort} ${told}\n`;
