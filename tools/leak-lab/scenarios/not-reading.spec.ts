import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

/** `GET / HTTP/1.0` and an empty line, and the FIN, which the kernel counts as one byte. */
const UNREAD = 18 + 1;

it.each(['127.0.0.1', '::1'])('keeps the unread bytes and the FIN in the Recv-Q, on %s', async (host) => {
  await using lab = new LabProcess('not-reading', '--count', '5', '--rate', '200', '--host', host);

  const { pid, port } = await lab.ready();
  const unread = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);

  expect(unread.map(({ recvQueue }) => recvQueue)).toEqual(Array(5).fill(UNREAD));
  expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(unread.map(({ inode }) => inode)));
});

it('leaves no socket of either end behind', async () => {
  await using lab = new LabProcess('not-reading', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGTERM');

  expect(kernelSockets(port)).toEqual([]);
});
