import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { descendantsOf } from '../testing/processes.ts';
import { until } from '../testing/until.ts';

it.each(['127.0.0.1', '::1'])(
  'has two owners for each socket, and the one who accepted is none, on %s',
  async (host) => {
    await using lab = new LabProcess('inherited', '--count', '5', '--rate', '200', '--host', host);

    const { pid, port } = await lab.ready();
    const inodes = kernelSockets(port)
      .filter(({ state }) => state === CLOSE_WAIT)
      .map(({ inode }) => inode);
    const holders = descendantsOf(lab.pid).filter((process) => {
      const open = socketInodesOf(process);
      return inodes.every((inode) => open.has(inode));
    });

    expect(inodes).toHaveLength(5);
    expect(holders).toHaveLength(2);
    expect(holders).toContain(pid);
  },
);

it('leaves no socket of either end behind', async () => {
  await using lab = new LabProcess('inherited', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGTERM');

  await until(
    () => kernelSockets(port).length === 0,
    () => JSON.stringify(kernelSockets(port)),
  );
});
