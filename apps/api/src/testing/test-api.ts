import { type AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ErrorAnswerSchema,
  type ErrorAnswer,
  type Push,
  type PushAnswer,
  PushAnswerSchema,
} from '@closewatch/protocol';
import { OneTimeCode } from '../accounts/one-time-code.ts';
import { type AppOptions } from '../app.module.ts';
import { createApp } from '../app.ts';
import { type Environment, readConfiguration } from '../config/configuration.ts';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface TestApiOptions extends Pick<AppOptions, 'databaseUrl' | 'clock' | 'ingestLimits' | 'takesJobs'> {
  readonly environment?: Environment;
  readonly webFolder?: string;
}

/** The real server on a free port, and what tests do with it over HTTP. */
export class TestApi {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly agentToken: string,
    private readonly dataFolder: string,
  ) {}

  static async start({ environment = {}, webFolder, ...options }: TestApiOptions): Promise<TestApi> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'closewatch-api-'));
    const configuration = readConfiguration({ PORT: '0', CLOSEWATCH_DATA: dataFolder, ...environment });
    const app = await createApp({
      configuration,
      webFolder: webFolder ?? join(dataFolder, 'no-web'),
      logLevel: 'silent',
      takesJobs: false,
      ...options,
    });
    await app.listen(0, configuration.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const agentToken = (await readFile(join(dataFolder, 'agent-token'), 'utf8')).trim();
    return new TestApi(app, `http://127.0.0.1:${port}`, agentToken, dataFolder);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  /** A request with a JSON body, or none. */
  async request<Body = unknown>(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return answerOf(response);
  }

  /** The code in the sign-in URL as it stands. */
  currentCode(): string {
    let current = '';
    this.app.get(OneTimeCode).subscribe((code) => (current = code))();
    return current;
  }

  /** Signs in; returns the Cookie header of the session. */
  async signIn(): Promise<string> {
    const { status, headers } = await this.request('POST', '/api/v1/session', { body: { code: this.currentCode() } });
    if (status !== 200) throw new Error(`Signing in failed with ${status}`);
    return headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  }

  /** A read as somebody who is signed in. */
  async read<Body>(cookie: string, path: string): Promise<Body> {
    const { status, body } = await this.request<Body>('GET', path, { headers: { cookie } });
    if (status !== 200) throw new Error(`GET ${path} failed with ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Pushes as the agent does: gzip, with the token. */
  async push(push: unknown): Promise<Answer<unknown>> {
    return this.pushBytes(gzipSync(JSON.stringify(push)), { 'content-encoding': 'gzip' });
  }

  async pushBytes(bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer<unknown>> {
    const response = await fetch(`${this.url}/api/v1/snapshots`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.agentToken}`, ...headers },
      body: bytes,
    });
    return answerOf(response);
  }

  /** Pushes what must be taken. */
  async pushed(push: Push): Promise<PushAnswer> {
    const { status, body } = await this.push(push);
    if (status !== 200) throw new Error(`The push failed with ${status}: ${JSON.stringify(body)}`);
    return PushAnswerSchema.parse(body);
  }
}

/** The error of an answer, which must have the contract's shape. */
export function errorOf({ status, body }: Answer<unknown>): ErrorAnswer {
  const error = ErrorAnswerSchema.parse(body);
  if (error.statusCode !== status) throw new Error(`The body says ${error.statusCode}, the status ${status}`);
  return error;
}

async function answerOf<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}
