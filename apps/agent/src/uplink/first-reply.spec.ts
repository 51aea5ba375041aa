import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerClock } from '../sampling/server-clock.ts';
import { learnFromFirstReply } from './first-reply.ts';

const AHEAD_MS = 600_000;

let clock: ServerClock;
let stop: AbortController;
const servers: Server[] = [];

beforeEach(() => {
  clock = new ServerClock({ monotonic: () => performance.now(), wall: () => Date.now() });
  stop = new AbortController();
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on loopback; port 0 takes a free one. Returns its address. */
async function serve(reply: RequestListener, port = 0): Promise<URL> {
  const server = createServer(reply);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/closewatch`);
}

const replying: RequestListener = ({ url }, response) => {
  response.setHeader('date', new Date(Date.now() + AHEAD_MS).toUTCString());
  response.writeHead(url === '/closewatch/health/live' ? 503 : 500).end();
};

function learn(server: URL, deadlineMs: number): Promise<boolean> {
  return learnFromFirstReply({ server, clock, deadlineMs, stop: stop.signal });
}

describe('the first reply', () => {
  it("tells the server's clock, whatever its status", async () => {
    expect(await learn(await serve(replying), 2_000)).toBe(true);
    expect(Math.abs(clock.offsetMs - AHEAD_MS)).toBeLessThan(1_100);
  });

  it('is waited for while the server starts', async () => {
    const gone = await serve(replying);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const learned = learn(gone, 5_000);
    await sleep(300);
    await serve(replying, Number(gone.port));
    expect(await learned).toBe(true);
    expect(Math.abs(clock.offsetMs - AHEAD_MS)).toBeLessThan(1_100);
  });

  it.each([
    ['is away', (_request, response) => response.destroy()],
    ['never answers', () => undefined],
  ] satisfies [string, RequestListener][])(
    'is not waited for much longer than said when the server %s',
    async (_, reply) => {
      const server = await serve(reply);
      const start = performance.now();
      expect(await learn(server, 400)).toBe(false);
      expect(performance.now() - start).toBeLessThan(1_500);
      expect(Math.abs(clock.offsetMs)).toBeLessThan(50);
    },
  );

  it('is not waited for when the agent is to stop', async () => {
    const server = await serve(() => stop.abort());
    const start = performance.now();
    expect(await learn(server, 10_000)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
