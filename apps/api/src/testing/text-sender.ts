import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
