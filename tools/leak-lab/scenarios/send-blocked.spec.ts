import { expect, it, jest } from '@jest/globals';
import { CLOSE_WAIT, kernelSockets, TIME_WAIT, ZERO_WINDOW_PROBE } from '../testing/kernel-sockets.ts';
import { LabProcess } from '../testing/lab-process.ts';
import { until } from '../testing/until.ts';

// Some take their time by nature, and a compiler comes first.
jest.setTimeout(30_000);

it.each(['node', 'python', 'c'])('has bytes to send that a closed window keeps back, in %s', async (runtime) => {
  await using lab = new LabProcess('send-blocked', '--count', '3', '--rate', '200', '--runtime', runtime);

  const { port } = await lab.ready();
  const blocked = () =>
    kernelSockets(port).filter(({ state, timer }) => state === CLOSE_WAIT && timer === ZERO_WINDOW_PROBE);
  await until(
    () => blocked().length === 3,
    () => JSON.stringify(kernelSockets(port)),
  );
  expect(Math.min(...blocked().map(({ sendQueue }) => sendQueue))).toBeGreaterThan(0);
  // So many beside each other must not take the memory of the kernel.
  expect(Math.max(...blocked().map(({ sendQueue }) => sendQueue))).toBeLessThan(1_000_000);
});

it('leaves nothing of either end behind but the record of a proper close', async () => {
  await using lab = new LabProcess('send-blocked', '--count', '3', '--rate', '200');

  const { port } = await lab.ready();
  await lab.stop('SIGTERM');

  await until(
    () => kernelSockets(port).every(({ state }) => state === TIME_WAIT),
    () => JSON.stringify(kernelSockets(port)),
  );
});
