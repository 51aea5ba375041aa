import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, LISTEN, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

it.each(['127.0.0.1', '::1'])('leaves connections without a descriptor in the queue, on %s', async (host) => {
  await using lab = new LabProcess('never-accepted', '--count', '5', '--rate', '200', '--host', host);

  const { pid, port } = await lab.ready();
  const waiting = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);

  expect(waiting.map(({ inode }) => inode)).toEqual(Array(5).fill(0));
  expect(Math.min(...waiting.map(({ recvQueue }) => recvQueue))).toBeGreaterThanOrEqual(1);
  // The Recv-Q of a listener is the length of its queue.
  const [listener] = kernelSockets(port).filter(({ state }) => state === LISTEN);
  expect(listener?.recvQueue).toBe(5);
  expect(socketInodesOf(pid)).toContain(listener?.inode);
});

it('leaves no socket of either end behind', async () => {
  await using lab = new LabProcess('never-accepted', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGTERM');

  expect(kernelSockets(port)).toEqual([]);
});
