import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { clientFor } from './node-http.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly agent?: RequestOptions['agent'];
}

/** Nobody answers an agent with more. */
const LARGEST_ANSWER = 4 * 1024 * 1024;

/** Sends one request and reads the whole answer. Rejects when there is none: refused, reset, timed out, aborted. Follows no redirect. */
export function exchange({ method, url, headers, body, timeoutMs, signal, agent }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = clientFor(url).request(
      url,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        ...(agent === undefined ? {} : { agent }),
      },
      (response) => {
        const pieces: Buffer[] = [];
        let length = 0;
        response.on('data', (piece: Buffer) => {
          length += piece.length;
          if (length > LARGEST_ANSWER) response.destroy(new Error(`the answer is larger than ${LARGEST_ANSWER} bytes`));
          else pieces.push(piece);
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces).toString('utf8'),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** What the `Date` header says, in milliseconds since 1970: the whole second it was written in (RFC 9110 section 6.6.1). */
export function dateOf({ headers }: HttpAnswer): number | undefined {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? undefined : date;
}
