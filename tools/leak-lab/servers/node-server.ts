/**
 * The leaking server in Node, in a process of its own. Started by apart.ts with its orders as JSON; says what it does in
 * lines of JSON. Ends when its standard input does, as far as it still can: when it is stuck the kernel ends it with the lab.
 */
import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOrders } from './apart.ts';

/** More than the peer's kernel and ours take. */
const FLOOD = Buffer.alloc(400_000);

const orders = JSON.parse(process.argv[2] ?? '') as ServerOrders;
const { habit, count } = orders;
const sockets: Socket[] = [];

/** At once, for nothing that waits is written by who is stuck. */
function say(news: object): void {
  writeSync(1, JSON.stringify(news) + '\n');
}

function sleepForever(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function burn(): void {
  for (;;);
}

/** Waits for what nobody writes, in read(2) itself: a pipe by name has no event loop in between. */
function readAPipe(): void {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-leak-lab-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const descriptor = openSync(path, 'r+');
  rmSync(folder, { recursive: true });
  readSync(descriptor, Buffer.alloc(1));
}

function starve(): void {
  const [go, nice] = (process.env['STARVE'] ?? '').split(' ').map(Number);
  setPriority(nice ?? 0);
  writeSync(go ?? -1, '123');
  burn();
}

/** Two children inherit the connections and ignore them; closing our own descriptors then sends no FIN. */
function handDown(): void {
  const stdio: StdioOptions = ['pipe', 'ignore', 'ignore', ...sockets];
  const children = [0, 1].map(() => spawn('cat', { stdio }));
  for (const socket of sockets) socket.destroy();
  say({ pid: children[0]?.pid, held: count });
}

const GET_STUCK: Readonly<Record<string, () => void>> = {
  stopped: () => {
    for (;;) process.kill(process.pid, 'SIGSTOP');
  },
  busy: burn,
  starved: starve,
  lock: sleepForever,
  pipe: readAPipe,
  inherited: handDown,
};

/** Takes what comes and reads nothing of it; is stuck when it has all. */
function take(socket: Socket): void {
  sockets.push(socket);
  // Who hands them down says so when that is done.
  if (sockets.length < count || habit !== 'inherited') say({ held: sockets.length });
  if (sockets.length === count) setImmediate(GET_STUCK[habit] ?? burn);
}

let held = 0;
function serve(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.resume().on('end', () => {
    say({ held: ++held });
    if (habit === 'send-blocked') socket.write(FLOOD);
    if (habit !== 'turnover') return;
    setTimeout(() => {
      socket.destroy();
      say({ held: --held });
    }, orders.everySeconds * 1_000);
  });
  sockets.push(socket);
}

/** A pool that watches over its idle connections: it closes what the other end has closed. */
async function keepAPool(): Promise<void> {
  say({ pid: process.pid, port: orders.port });
  const agent = new Agent({ keepAlive: true, maxFreeSockets: count });
  const ask = async (): Promise<void> => {
    const request = get({ host: orders.host, port: orders.port, agent });
    request.on('error', () => undefined);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
  };
  await Promise.all(Array.from({ length: count }, ask));
  say({ held: count });
}

async function listen(): Promise<void> {
  const isServant = habit === 'send-blocked' || habit === 'turnover' || habit === 'keepalive-leak';
  // allowHalfOpen is the bug: Node no longer closes our end when the peer closes its own, and nobody else does.
  const keepAlive = habit === 'keepalive-leak';
  const server = createServer(
    {
      pauseOnConnect: !isServant,
      allowHalfOpen: true,
      keepAlive,
      keepAliveInitialDelay: orders.keepaliveSeconds * 1_000,
    },
    isServant ? serve : take,
  );
  server.on('error', (error) => say({ failure: error.message }));
  server.listen({ host: orders.host, port: orders.port, backlog: habit === 'never-accepted' ? count : 4_096 });
  await once(server, 'listening');
  say({ pid: process.pid, port: (server.address() as AddressInfo).port });
  // Node accepts whenever its loop turns: one that never turns again leaves all of them in the queue.
  if (habit === 'never-accepted') sleepForever();
}

process.stdin.on('error', () => process.exit()).on('end', () => process.exit());
process.stdin.resume();
await (habit === 'idle-pool' ? keepAPool() : listen());
