import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSE_WAIT, FIN_WAIT2, kernelSockets, socketInodesOf, type KernelSocket } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

/** A FIN may be acknowledged some 40 ms late (RFC 9293 section 3.8.6.3): till then its sender is in FIN_WAIT_1. */
async function whenAcknowledged(port: number, count: number): Promise<KernelSocket[]> {
  for (let attempt = 0; ; attempt++) {
    const sockets = kernelSockets(port);
    if (sockets.filter(({ state }) => state === FIN_WAIT2).length >= count || attempt === 100) return sockets;
    await sleep(20);
  }
}

it.each(['127.0.0.1', '::1'])('keeps both ends open, with nothing unread, on %s', async (host) => {
  await using lab = new LabProcess('half-close', '--count', '5', '--rate', '200', '--host', host);

  const { pid, port } = await lab.ready();
  const sockets = await whenAcknowledged(port, 5);
  const answering = sockets.filter(({ state }) => state === CLOSE_WAIT);
  const listening = sockets.filter(({ state }) => state === FIN_WAIT2);

  expect(answering.map(({ recvQueue }) => recvQueue)).toEqual(Array(5).fill(0));
  expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(answering.map(({ inode }) => inode)));
  expect(listening).toHaveLength(5);
  expect([...socketInodesOf(await lab.peerPid())]).toEqual(expect.arrayContaining(listening.map(({ inode }) => inode)));
});

it('leaves no socket of either end behind', async () => {
  await using lab = new LabProcess('half-close', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGINT');

  expect(kernelSockets(port)).toEqual([]);
});
