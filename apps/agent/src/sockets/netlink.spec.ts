import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as raw from '../testing/raw-sockets.ts';
import { NetlinkSource } from './netlink.ts';
import { type CloseWaitSocket, type SocketTable } from './socket-table.ts';

const open: number[] = [];
const source = new NetlinkSource('/proc');

/** A connection whose client has hung up: its port, and the descriptors. */
function hungUp(): { port: number; server: number } {
  const listener = raw.listenOn('ipv4', 5);
  const { client, server } = raw.connectedPair('ipv4', listener);
  raw.shutdownWriting(client);
  open.push(listener.descriptor, client, server);
  return { port: listener.port, server };
}

function leakOn({ closeWait }: SocketTable, port: number): CloseWaitSocket | undefined {
  return [...closeWait].find((socket) => socket.fiveTuple().local.port === port);
}

afterEach(() => {
  for (const descriptor of open.splice(0)) raw.close(descriptor);
  source.close();
});

describe('netlink on this kernel', () => {
  it('keeps the cookie of a socket from dump to dump', async () => {
    const { port } = hungUp();
    const first = leakOn(await source.read(), port);
    const second = leakOn(await source.read(), port);
    expect(first?.cookie).toMatch(/^\d+$/);
    expect(second?.cookie).toBe(first?.cookie);
    expect(second?.recvQueue).toBe(1);
  });

  it('uses the place of a look again after the next one, but for sockets that are pinned', async () => {
    const { port } = hungUp();
    const other = hungUp();
    const look = await source.read();
    const pinned = leakOn(look, port);
    pinned?.pin?.();
    expect(pinned?.localPort).toBe(port);
    raw.close(other.server);
    open.splice(open.indexOf(other.server), 1);
    const tables = [await source.read(), await source.read(), await source.read()];
    expect(pinned?.localPort).toBe(port);
    expect(tables[2]?.closeWait).toBe(tables[0]?.closeWait);
    expect(tables[0]?.closeWait).not.toBe(look.closeWait);
    expect(leakOn(await source.read(), port)?.localPort).toBe(port);
  });

  it('tells for how long a socket has heard nothing', async () => {
    const { port } = hungUp();
    await sleep(120);
    const socket = leakOn(await source.read(), port);
    const ages = socket && source.ages(socket);
    expect(ages?.lastAckReceivedMs).toBeGreaterThanOrEqual(100);
    expect(ages?.lastAckReceivedMs).toBeLessThan(5_000);
    expect(ages?.lastDataReceivedMs).toBeGreaterThanOrEqual(ages?.lastAckReceivedMs ?? 0);
  });

  it('has no age of a socket that is gone, and goes on', async () => {
    const { port, server } = hungUp();
    const socket = leakOn(await source.read(), port);
    raw.close(server);
    open.splice(open.indexOf(server), 1);
    expect(socket && source.ages(socket)).toBeUndefined();
    expect(leakOn(await source.read(), port)).toBeUndefined();
  });

  it('tells what a half-closed peer still takes, and when it was sent, one by one and of all at once', async () => {
    const { port, server } = hungUp();
    const socket = leakOn(await source.read(), port);
    if (socket === undefined) throw new Error('nothing leaks');
    expect(source.ages(socket)).toMatchObject({ bytesAcked: 0, lastDataSentMs: null });
    raw.sendText(server, 'more');
    await sleep(60);
    const told = source.ages(socket);
    expect(told).toMatchObject({ bytesAcked: 4 });
    expect(told?.lastDataSentMs).toBeGreaterThanOrEqual(40);
    const infos = new Map<unknown, unknown>();
    await source.infos((key, info) => infos.set(key, info));
    expect(infos.get(socket.key)).toMatchObject({ bytesAcked: 4 });
    expect(leakOn(await source.read(), port)?.key).toBe(socket.key);
  });

  it('tells the queue of a listener, and the keepalive timer of a socket', async () => {
    const listener = raw.listenOn('ipv4', 5);
    const client = raw.connectTo('ipv4', listener.port);
    open.push(listener.descriptor, client);
    raw.shutdownWriting(client);
    const table = await source.read();
    const waiting = leakOn(table, listener.port);
    expect(waiting?.inode).toBe(0);
    expect(waiting?.timer()).toMatchObject({ kind: 'none' });
    expect(table.listeners.queueAt({ address: '127.0.0.1', port: listener.port })).toEqual({ length: 1, limit: 5 });
    const { port, server } = hungUp();
    raw.keepAlive(server);
    const timer = leakOn(await source.read(), port)?.timer();
    expect(timer).toMatchObject({ kind: 'keepalive', retries: 0 });
    expect(timer?.expiresInMs).toBeGreaterThan(1_000);
  });

  it('counts on without TIME_WAIT when sockstat cannot be read, and says so', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
    const blind = new NetlinkSource(empty);
    try {
      const table = await blind.read();
      expect(table.counts.time_wait).toBeNull();
      expect(table.counts.established).toBeGreaterThanOrEqual(0);
      expect(table.missing).toEqual([expect.stringMatching(/^TIME_WAIT: .*sockstat cannot be read: ENOENT/)]);
    } finally {
      blind.close();
      rmSync(empty, { recursive: true });
    }
  });
});
