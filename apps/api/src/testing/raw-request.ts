import { request, type RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';

/** A request with headers as given, Host and Origin too, which fetch() would not send. */
export function rawRequest(
  url: string | RequestOptions,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const target = typeof url === 'string' ? urlToHttpOptions(new URL(url)) : url;
    const sent = request({ ...target, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
