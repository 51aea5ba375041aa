import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { hostFrame } from './host-frame.ts';
import { HostStreams } from './host-streams.ts';
import { type LiveSocket } from './live-socket.ts';

const HOST = { id: 'host-1' } as never;
const HOST_1 = { id: 'host-1', netns: 0 };
const frameOf = (cursor: string) => ({
  cursor,
  hostId: 1,
  netns: 0,
  host: HOST,
  connections: [],
  sections: new Map(),
  namespaces: [],
});

/** Counts how often a host is read; each reading is a frame of its own. */
function countedPictures() {
  const pictures = { reads: 0, read: () => Promise.resolve(hostFrame(frameOf(String(++pictures.reads)))) };
  return pictures;
}

const noLeaks = { read: () => Promise.resolve({ takenAt: null, total: 0, items: [] }) };

function fakeSocket(heard: string[]): LiveSocket {
  return {
    connected: true,
    conn: {},
    data: { principal: { kind: 'person', role: 'admin' } },
    emit: (event: string) => heard.push(event),
  } as unknown as LiveSocket;
}

async function settled(): Promise<void> {
  for (let index = 0; index < 5; index++) await turn();
}

describe('HostStreams', () => {
  it('reads a host neither before anybody watches it nor after the last one has left', async () => {
    const pictures = countedPictures();
    const streams = new HostStreams(pictures as never, noLeaks as never);
    const heard: string[] = [];
    const socket = fakeSocket(heard);
    streams.committed('host-1');
    await settled();
    expect(pictures.reads).toBe(0);
    await streams.watch(HOST_1, socket, () => undefined);
    streams.committed('host-1');
    await settled();
    expect([pictures.reads, heard]).toEqual([2, ['host:snapshot']]);
    streams.committed('host-2');
    streams.leave(socket);
    streams.committed('host-1');
    await settled();
    expect([pictures.reads, heard]).toEqual([2, ['host:snapshot']]);
  });

  it('reads once for commits that come while it reads', async () => {
    const pictures = countedPictures();
    const streams = new HostStreams(pictures as never, noLeaks as never);
    await streams.watch(HOST_1, fakeSocket([]), () => undefined);
    for (let index = 0; index < 10; index++) streams.committed('host-1');
    await settled();
    expect(pictures.reads).toBe(2);
  });
});
