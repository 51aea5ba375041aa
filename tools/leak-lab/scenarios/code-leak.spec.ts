import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

it.each(['127.0.0.1', '::1'])('leaks CLOSE_WAIT with an empty Recv-Q from the pid it names, on %s', async (host) => {
  await using lab = new LabProcess('code-leak', '--count', '7', '--rate', '200', '--host', host);

  const { pid, port, count } = await lab.ready();
  const leaked = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);

  expect(count).toBe(7);
  expect(leaked).toHaveLength(7);
  expect(leaked.map(({ localPort }) => localPort)).toEqual(Array(7).fill(port));
  expect(leaked.map(({ recvQueue }) => recvQueue)).toEqual(Array(7).fill(0));
  expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(leaked.map(({ inode }) => inode)));
});

it('sets no keepalive, which would hide the leak after a minute', async () => {
  await using lab = new LabProcess('code-leak', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  const leaked = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);

  expect(leaked.map(({ timer }) => timer)).toEqual([0, 0, 0]);
});

it('leaves no socket of either end behind', async () => {
  await using lab = new LabProcess('code-leak', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGINT');

  expect(kernelSockets(port)).toEqual([]);
});

it('stays in one process: the peer holds none of the connections', async () => {
  await using lab = new LabProcess('code-leak', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  const inodes = kernelSockets(port).map(({ inode }) => inode);
  const ofPeer = socketInodesOf(await lab.peerPid());

  expect(inodes.filter((inode) => ofPeer.has(inode))).toEqual([]);
});
