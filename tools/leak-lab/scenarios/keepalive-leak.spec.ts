import { expect, it } from '@jest/globals';
import { CLOSE_WAIT, KEEPALIVE, kernelSockets, socketInodesOf } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { until } from '../testing/until.ts';

it.each(['127.0.0.1', '::1'])('keeps descriptors whose sockets left the tables, on %s', async (host) => {
  await using lab = new LabProcess(
    'keepalive-leak',
    '--count',
    '5',
    '--rate',
    '200',
    '--host',
    host,
    '--keepalive',
    '1s',
  );

  const port = await lab.port();
  // A socket stands in CLOSE_WAIT before its program has accepted it and asked for keepalive.
  const inCloseWait = await until(
    () => {
      const sockets = kernelSockets(port).filter(({ state, timer }) => state === CLOSE_WAIT && timer === KEEPALIVE);
      return sockets.length === 5 && sockets;
    },
    () => JSON.stringify(kernelSockets(port)),
  );

  const { pid } = await lab.ready();
  expect(kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT)).toEqual([]);
  expect([...socketInodesOf(pid)]).toEqual(expect.arrayContaining(inCloseWait.map(({ inode }) => inode)));
});

it('leaves CLOSE_WAIT alone for as long as it is told', async () => {
  await using lab = new LabProcess(
    'keepalive-leak',
    '--count',
    '2',
    '--rate',
    '200',
    '--keepalive',
    '1m',
    '--duration',
    '3s',
  );

  const port = await lab.port();
  const states: number[] = [];
  while (!lab.lines.includes('keepalive-leak: stopped')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const count = kernelSockets(port).filter(({ state }) => state === CLOSE_WAIT).length;
    if (count === 2) states.push(count);
  }

  expect(lab.lines.join()).not.toContain('ready');
  expect(states.length).toBeGreaterThan(10);
});
