import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { kernelSockets } from './testing/kernel-sockets.ts';
import { LabProcess } from './testing/lab-process.ts';

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops cleanly on %s', async (signal) => {
  await using lab = new LabProcess('code-leak', '--count', '2', '--rate', '200');
  await lab.ready();

  expect(await lab.stop(signal)).toBe(0);
  expect(lab.lines.at(-1)).toBe('code-leak: stopped');
});

it('stops by itself after --duration', async () => {
  await using lab = new LabProcess('time-wait', '--count', '2', '--duration', '300ms');

  expect(await lab.exitCode()).toBe(0);
});

it('says who listens where and holds what', async () => {
  await using lab = new LabProcess('code-leak', '--count', '2', '--rate', '200', '--host', '::1');
  const { pid, port } = await lab.ready();

  expect(pid).toBe(lab.pid);
  expect(lab.lines).toContain(`code-leak: pid ${pid} listens on [::1]:${port}, holds 2 CLOSE_WAIT`);
});

it('ends its peer when it ends', async () => {
  await using lab = new LabProcess('code-leak', '--count', '2', '--rate', '200');
  const peerPid = await lab.peerPid();
  await lab.ready();
  await lab.stop('SIGTERM');

  expect(existsSync(`/proc/${peerPid}`)).toBe(false);
});

it('takes its peer along when it is killed, and the kernel takes the sockets', async () => {
  await using lab = new LabProcess('code-leak', '--count', '2', '--rate', '200');
  const peerPid = await lab.peerPid();
  const { port } = await lab.ready();
  await lab.stop('SIGKILL');

  await expect(gone(peerPid)).resolves.toBe(true);
  expect(kernelSockets(port).filter(({ inode }) => inode !== 0)).toEqual([]);
});

it('says so and gives up when its peer is killed', async () => {
  await using lab = new LabProcess('code-leak', '--count', '2', '--rate', '200');
  const peerPid = await lab.peerPid();
  await lab.ready();
  process.kill(peerPid, 'SIGKILL');

  expect(await lab.exitCode()).toBe(1);
  expect(lab.errors).toBe('leak-lab: code-leak: the peer process ended (SIGKILL)\n');
});

it('leaves the sockets of others alone', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  const before = kernelSockets(port);

  await using lab = new LabProcess('code-leak', '--count', '3', '--rate', '200');
  await lab.ready();
  await lab.stop('SIGTERM');

  expect(kernelSockets(port)).toEqual(before);
  client.destroy();
  server.close();
  await once(server, 'close');
});

it('names the port that somebody else has', async () => {
  await using first = new LabProcess('code-leak', '--count', '1');
  const { port } = await first.ready();
  await using second = new LabProcess('code-leak', '--count', '1', '--port', String(port));

  expect(await second.exitCode()).toBe(1);
  expect(second.errors).toContain(`address already in use 127.0.0.1:${port}`);
});

it('lists the scenarios in its help', async () => {
  await using lab = new LabProcess('--help');

  expect(await lab.exitCode()).toBe(0);
  expect(lab.lines.join('\n')).toMatch(/code-leak .*\n.*not-reading .*\n.*time-wait /);
});

it('refuses what it does not know, in words', async () => {
  await using lab = new LabProcess('codeleak', '--rate', 'fast');

  expect(await lab.exitCode()).toBe(2);
  expect(lab.errors).toContain('there is no scenario "codeleak"; there are code-leak, not-reading, time-wait');
  expect(lab.errors).toContain('--rate must be a whole number from 1 to 2000, not "fast"');
});

/** A process that has lost its parent stays a zombie until init reaps it: a zombie is gone too. */
async function gone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!existsSync(`/proc/${pid}/exe`)) return true;
    await delay(20);
  }
  return false;
}
