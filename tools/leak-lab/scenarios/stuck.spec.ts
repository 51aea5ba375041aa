import { describe, expect, it } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { descendantsOf, threadsOf, type Thread } from '../testing/processes.ts';
import { until } from '../testing/until.ts';

/** `GET / HTTP/1.0` and an empty line, and the FIN, which the kernel counts as one byte. */
const UNREAD = 18 + 1;

/** What the kernel says of every thread; the names of its functions changed over the years, and keep a common part. */
const WAYS: readonly [string, (thread: Thread) => boolean][] = [
  ['stopped', ({ state }) => state === 'T'],
  ['busy', ({ state, runMs }) => state === 'R' && runMs > 300],
  ['starved', ({ state, runMs, waitMs }) => state === 'R' && waitMs > runMs + 300],
  ['lock', ({ state, wchan }) => state === 'S' && wchan.includes('futex')],
  ['file-lock', ({ state, wchan }) => state === 'S' && wchan === 'locks_lock_inode_wait'],
  ['pipe', ({ state, wchan }) => state === 'S' && wchan.endsWith('pipe_read')],
];

describe.each(WAYS)('%s', (name, isStuck) => {
  it.each(['127.0.0.1', '::1'])('holds what it did not read, and every thread is stuck, on %s', async (host) => {
    await using lab = new LabProcess(name, '--count', '4', '--rate', '200', '--host', host);

    const { pid, port } = await lab.ready();
    await until(
      () => threadsOf(pid).every(isStuck),
      () => JSON.stringify(threadsOf(pid)),
    );

    const unread = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);
    expect(unread.map(({ recvQueue }) => recvQueue)).toEqual(Array(4).fill(UNREAD));
    expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(unread.map(({ inode }) => inode)));
  });

  it.each(['node', 'c'].filter((runtime) => !(name === 'file-lock' && runtime === 'node')))(
    'is stuck as well in %s',
    async (runtime) => {
      await using lab = new LabProcess(name, '--count', '3', '--rate', '200', '--runtime', runtime);

      const { pid, port } = await lab.ready();
      // Node has threads of its own, which wait for work whatever its program does; the first one is the program's.
      const program = (): Thread[] => (runtime === 'node' ? threadsOf(pid).slice(0, 1) : threadsOf(pid));
      await until(
        () => program().every(isStuck),
        () => JSON.stringify(threadsOf(pid)),
      );

      const unread = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);
      expect(unread.map(({ recvQueue }) => recvQueue)).toEqual(Array(3).fill(UNREAD));
      expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(unread.map(({ inode }) => inode)));
    },
  );

  it('leaves no socket of either end behind', async () => {
    await using lab = new LabProcess(name, '--count', '3', '--rate', '200');

    const { port } = await lab.ready();
    await lab.stop('SIGTERM');

    expect(kernelSockets(port)).toEqual([]);
  });
});

it('lock: has more than one thread', async () => {
  await using lab = new LabProcess('lock', '--count', '1');

  const { pid } = await lab.ready();

  await until(
    () => threadsOf(pid).length === 3,
    () => JSON.stringify(threadsOf(pid)),
  );
});

it('uninterruptible: waits in state D, and is the only owner', async () => {
  await using lab = new LabProcess('uninterruptible', '--count', '2', '--rate', '200');

  const { pid, port } = await lab.ready();
  await until(
    () => threadsOf(pid).every(({ state }) => state === 'D'),
    () => JSON.stringify(threadsOf(pid)),
  );

  const [first] = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);
  const owners = descendantsOf(lab.pid).filter((process) => socketInodesOf(process).has(first?.inode ?? -1));
  expect(owners).toEqual([pid]);
});
