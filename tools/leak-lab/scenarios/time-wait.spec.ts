import { expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { LISTEN, TIME_WAIT, kernelSockets } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';

it('leaves TIME_WAIT at the client when the client closes first', async () => {
  await using lab = new LabProcess('time-wait', '--count', '8', '--rate', '200');

  const { port } = await lab.ready();
  const records = kernelSockets(port).filter(({ state }) => state === TIME_WAIT);

  expect(records.map(({ peerPort }) => peerPort)).toEqual(Array(8).fill(port));
});

it('leaves TIME_WAIT at the server when the server closes first', async () => {
  await using lab = new LabProcess('time-wait', '--closer', 'server', '--count', '8', '--rate', '200', '--host', '::1');

  const { port } = await lab.ready();
  const records = kernelSockets(port).filter(({ state }) => state === TIME_WAIT);

  expect(records.map(({ localPort }) => localPort)).toEqual(Array(8).fill(port));
});

it('leaves nothing but TIME_WAIT and the listener', async () => {
  await using lab = new LabProcess('time-wait', '--count', '4', '--rate', '200');

  const { port } = await lab.ready();
  await delay(200);

  const states = kernelSockets(port).map(({ state }) => state);
  expect(states.sort()).toEqual([LISTEN, ...Array<number>(4).fill(TIME_WAIT)].sort());
});

it('makes no more than the rate asked for', async () => {
  const startedAt = performance.now();
  await using lab = new LabProcess('time-wait', '--count', '15', '--rate', '15');

  await lab.ready();

  // The first comes at once, fourteen more take fourteen fifteenths of a second.
  expect(performance.now() - startedAt).toBeGreaterThan(850);
});
