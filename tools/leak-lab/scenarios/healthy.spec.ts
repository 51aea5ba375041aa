import { expect, it, jest } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, type KernelSocket } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { threadsOf } from '../testing/processes.ts';
import { until } from '../testing/until.ts';

// Some take their time by nature, and a compiler comes first.
jest.setTimeout(30_000);

const inCloseWait = (port: number): KernelSocket[] => kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);

/** Waits until none of these is in CLOSE_WAIT any more. */
async function untilGone(port: number, inodes: readonly number[]): Promise<void> {
  const left = (): number[] =>
    inCloseWait(port)
      .map(({ inode }) => inode)
      .filter((inode) => inodes.includes(inode));
  await until(
    () => left().length === 0,
    () => `${left().join()} are still in CLOSE_WAIT`,
  );
}

it.each(['node', 'python', 'c'])('turnover closes each connection, and new ones come, in %s', async (runtime) => {
  await using lab = new LabProcess('turnover', '--count', '3', '--rate', '10', '--every', '2s', '--runtime', runtime);

  const { port } = await lab.ready();
  const first = inCloseWait(port).map(({ inode }) => inode);
  expect(first.length).toBeGreaterThan(0);
  await untilGone(port, first);
  await until(
    () => inCloseWait(port).length > 0,
    () => 'no new ones',
  );
});

it.each(['saw-tooth', 'restart-loop'])('%s loses all it has in time', async (name) => {
  await using lab = new LabProcess(name, '--count', '10', '--rate', '10', '--every', '2s');

  const { port } = await lab.ready();
  const first = inCloseWait(port).map(({ inode }) => inode);
  expect(first.length).toBeGreaterThan(0);
  await untilGone(port, first);
});

it('burst: all come at once, and are closed one by one', async () => {
  await using lab = new LabProcess('burst', '--count', '4', '--rate', '20');

  const port = await lab.port();
  const least = await until(
    () => inCloseWait(port).length >= 3 && inCloseWait(port).length,
    () => JSON.stringify(kernelSockets(port)),
  );
  await until(
    () => inCloseWait(port).length < least - 1,
    () => 'none is closed',
  );
});

it('slow-consumer: what is unread becomes less, second by second', async () => {
  await using lab = new LabProcess('slow-consumer', '--count', '2', '--rate', '20');

  const { port } = await lab.ready();
  const unread = (): number => Math.max(0, ...inCloseWait(port).map(({ recvQueue }) => recvQueue));
  const before = await until(unread, () => JSON.stringify(kernelSockets(port)));
  expect(before).toBeGreaterThan(512);
  await until(
    () => inCloseWait(port).length > 0 && unread() <= before - 512,
    () => `${unread()} of ${before} bytes are unread`,
  );
});

it('idle-pool: what was dialled has nothing unread but its end, and Python looks at none', async () => {
  await using lab = new LabProcess('idle-pool', '--count', '3');

  const { port } = await lab.ready();
  await until(
    () => inCloseWait(port).length === 3,
    () => JSON.stringify(kernelSockets(port)),
  );
  expect(inCloseWait(port).map(({ peerPort, recvQueue }) => [peerPort, recvQueue])).toEqual(Array(3).fill([port, 1]));
});

it('idle-pool: every thread waits in futex, in C', async () => {
  await using lab = new LabProcess('idle-pool', '--count', '3', '--runtime', 'c');

  const { pid, port } = await lab.ready();
  await until(
    () => threadsOf(pid).length === 5 && threadsOf(pid).every(({ wchan }) => wchan.includes('futex')),
    () => JSON.stringify(threadsOf(pid)),
  );
  expect(inCloseWait(port)).toHaveLength(3);
});

it('idle-pool: the pool of Node closes what the other end has closed', async () => {
  await using lab = new LabProcess('idle-pool', '--count', '3', '--runtime', 'node');

  const { port } = await lab.ready();
  await until(
    () => inCloseWait(port).length === 0,
    () => JSON.stringify(kernelSockets(port)),
  );
});
