import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, type Socket as TcpSocket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIVE_NAMESPACE } from '@closewatch/protocol';
import { Server } from 'socket.io';
import { type LiveSocket, sendBounded } from './live-socket.ts';

/** A message of 64 kB: more than a few do not fit what the kernel holds for a client that reads nothing. */
const FILLER = 'x'.repeat(64 * 1024);
const SENT = 400;
/** Waiting in the server for its transport, and given to a transport that does not get rid of them. */
const MOST_HELD = 2 * 16;

let http: HttpServer;
let server: Server;
let client: TcpSocket;

beforeEach(async () => {
  http = createServer();
  server = new Server(http, { transports: ['websocket'], pingInterval: 60_000 });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});

afterEach(async () => {
  client?.destroy();
  await server.close();
});

/** A browser by hand (RFC 6455), so that the test says when it reads: connects to /live, then stops reading. */
async function connectAndStopReading(): Promise<LiveSocket> {
  const connected = once(server.of(LIVE_NAMESPACE), 'connection');
  client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  client.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(client, 'data');
  // One masked text frame: engine.io's message (4), socket.io's connect (0), the namespace.
  const text = Buffer.from(`40${LIVE_NAMESPACE},`);
  client.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
  const [socket] = (await connected) as [LiveSocket];
  client.pause();
  return socket;
}

/** Messages that the server holds for the client because the kernel takes no more. */
function heldMessages({ conn, request }: LiveSocket): number {
  const waiting = Reflect.get(conn, 'writeBuffer') as unknown[];
  return waiting.length + request.socket.writableLength / FILLER.length;
}

function send(socket: LiveSocket, number: number): void {
  const message = { cursor: String(number), previousCursor: String(number - 1), host: { hostname: FILLER } };
  sendBounded(socket, 'host:snapshot', message as never);
}

describe('sendBounded', () => {
  it('holds a few messages for a client that does not read, and drops the rest', async () => {
    const socket = await connectAndStopReading();
    let most = 0;
    for (let number = 1; number <= SENT; number++) {
      send(socket, number);
      most = Math.max(most, heldMessages(socket));
      await turn();
    }
    // It did not keep up, or nothing is shown by this.
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(MOST_HELD + 1);
  });

  it('holds a few of many messages that are sent at the same moment', async () => {
    const socket = await connectAndStopReading();
    for (let number = 1; number <= SENT; number++) send(socket, number);
    expect(heldMessages(socket)).toBeGreaterThan(1);
    expect(heldMessages(socket)).toBeLessThan(MOST_HELD + 1);
  });

  it('reaches a client that reads again, which sees by the cursors that it missed some', async () => {
    const socket = await connectAndStopReading();
    for (let number = 1; number <= SENT; number++) {
      send(socket, number);
      await turn();
    }
    const heard = listen();
    await until(() => heldMessages(socket) === 0);
    send(socket, SENT + 1);
    await until(() => heard().includes(SENT + 1));
    const cursors = heard();
    expect(cursors.length).toBeLessThan(SENT);
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
    expect(cursors).not.toContain(SENT);
  });
});

/** Reads on; returns the cursors that have come. A server's frames are not masked: their text is in the stream as it is. */
function listen(): () => number[] {
  let text = '';
  client.on('data', (chunk: Buffer) => (text += chunk.toString('latin1').replaceAll('x', '')));
  client.resume();
  return () => [...text.matchAll(/"cursor":"(\d+)"/g)].map(([, cursor]) => Number(cursor));
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error('It did not come about within ten seconds.');
  }
}
