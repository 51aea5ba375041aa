import { describe, expect, it, jest } from '@jest/globals';
import { RUNTIMES, type Runtime } from '../options.ts';
import { SCENARIOS } from '../registry.ts';
import { CLOSE_WAIT, KEEPALIVE, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { descendantsOf } from '../testing/processes.ts';
import { until } from '../testing/until.ts';

// Some take their time by nature, and a compiler comes first.
jest.setTimeout(30_000);

/** `GET / HTTP/1.0` and an empty line, and the FIN. */
const UNREAD = 18 + 1;

/** What the kernel says of each whatever it is written in: unread bytes of each connection. */
const QUEUES: readonly [string, number][] = [
  ['code-leak', 0],
  ['not-reading', UNREAD],
  ['half-close', 0],
];
const inEach = <Row extends readonly unknown[]>(rows: readonly Row[]): [...Row, Runtime][] =>
  rows.flatMap((row) => RUNTIMES.map((runtime): [...Row, Runtime] => [...row, runtime]));

it.each(inEach(QUEUES))('%s leaves %d bytes unread, in %s', async (name, unread, runtime) => {
  await using lab = new LabProcess(name, '--count', '3', '--rate', '200', '--runtime', runtime);

  const { pid, port } = await lab.ready();
  const sockets = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);
  expect(sockets.map(({ recvQueue }) => recvQueue)).toEqual(Array(3).fill(unread));
  expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(sockets.map(({ inode }) => inode)));
});

describe.each(['node', 'c'])('in %s', (runtime) => {
  it('never-accepted leaves connections without a descriptor in the queue', async () => {
    await using lab = new LabProcess('never-accepted', '--count', '3', '--rate', '200', '--runtime', runtime);

    const { port } = await lab.ready();
    const waiting = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT);
    expect(waiting.map(({ inode }) => inode)).toEqual([0, 0, 0]);
  });

  it('inherited has two owners for each socket', async () => {
    await using lab = new LabProcess('inherited', '--count', '3', '--rate', '200', '--runtime', runtime);

    const { pid, port } = await lab.ready();
    const inodes = kernelSockets(port)
      .filter(({ state }) => state === CLOSE_WAIT)
      .map(({ inode }) => inode);
    const holders = (): number[] =>
      descendantsOf(lab.pid).filter((process) => inodes.every((inode) => socketInodesOf(process).has(inode)));
    await until(
      () => holders().length === 2 && holders().includes(pid),
      () => `${holders().join()} hold them, and ${pid} is said to`,
    );
    expect(inodes).toHaveLength(3);
  });

  it('keepalive-leak keeps descriptors whose sockets left the tables', async () => {
    const words = ['--count', '2', '--rate', '200', '--keepalive', '2s', '--runtime', runtime];
    await using lab = new LabProcess('keepalive-leak', ...words);

    const port = await lab.port();
    const asked = await until(
      () => {
        const sockets = kernelSockets(port).filter(({ state, timer }) => state === CLOSE_WAIT && timer === KEEPALIVE);
        return sockets.length === 2 && sockets;
      },
      () => JSON.stringify(kernelSockets(port)),
    );
    await until(
      () => kernelSockets(port).every(({ state }) => state !== CLOSE_WAIT),
      () => JSON.stringify(kernelSockets(port)),
    );
    const { pid } = await lab.ready();
    expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(asked.map(({ inode }) => inode)));
  });
});

it('says why a scenario has no program in a language', async () => {
  await using lab = new LabProcess('file-lock', '--runtime', 'node');

  expect(await lab.exitCode()).toBe(2);
  expect(lab.errors).toBe('leak-lab: file-lock has no program in node: Node has no flock(2); there is python, c\n');
});

it('has a reason wherever a program that gets stuck or leaks is missing', () => {
  const faulty = SCENARIOS.filter(({ summary, makes }) => !summary.startsWith('no fault') && makes !== 'TIME_WAIT');
  const unexplained = faulty.flatMap(({ name, runtimes, cannot }) =>
    RUNTIMES.filter((runtime) => !runtimes.includes(runtime) && cannot?.[runtime] === undefined).map(
      (runtime) => `${name} in ${runtime}`,
    ),
  );
  expect(unexplained).toEqual([]);
});
