import { expect, it, jest } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, TIME_WAIT, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { descendantsOf } from '../testing/processes.ts';
import { until } from '../testing/until.ts';

// Some take their time by nature, and a compiler comes first.
jest.setTimeout(30_000);

it.each(['python', 'c'])('has inodes that no process of the lab holds, in %s', async (runtime) => {
  await using lab = new LabProcess('kernel-owned', '--count', '120', '--rate', '500', '--runtime', runtime);

  const { port } = await lab.ready();
  const inodes = kernelSockets(port)
    .filter(({ state }) => state === CLOSE_WAIT)
    .map(({ inode }) => inode);

  expect(inodes).toHaveLength(120);
  expect(inodes).not.toContain(0);
  const held = [lab.pid, ...descendantsOf(lab.pid)].flatMap((pid) => [...socketInodesOf(pid)]);
  expect(inodes.filter((inode) => held.includes(inode))).toEqual([]);
});

it('leaves nothing of either end behind but the record of a proper close', async () => {
  await using lab = new LabProcess('kernel-owned', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGTERM');

  // The kernel collects what floats between sockets a moment later (net/unix/garbage.c).
  await until(
    () => kernelSockets(port).every(({ state }) => state === TIME_WAIT),
    () => JSON.stringify(kernelSockets(port)),
  );
});
