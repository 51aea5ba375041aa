import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, FIN_WAIT2, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

it.each(['127.0.0.1', '::1'])('keeps both ends open, with nothing unread, on %s', async (host) => {
  await using lab = new LabProcess('half-close', '--count', '5', '--rate', '200', '--host', host);

  const { pid, port } = await lab.ready();
  const sockets = kernelSockets(port);
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
