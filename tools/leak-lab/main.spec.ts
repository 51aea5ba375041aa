import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SCENARIOS } from './registry.ts';
import { kernelSockets } from './testing/kernel-sockets.ts';
import { LAB, LabProcess } from './testing/lab-process.ts';
import { descendantsOf, isAlive } from './testing/processes.ts';
import { until } from './testing/until.ts';

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

  await until(
    () => !isAlive(peerPid),
    () => `the peer ${peerPid} lives on`,
  );
  expect(kernelSockets(port).filter(({ inode }) => inode !== 0)).toEqual([]);
});

it.each(SCENARIOS.map(({ name }) => name))('leaves no process of %s behind when it is killed', async (name) => {
  await using lab = new LabProcess(name, '--count', '2', '--rate', '200', '--keepalive', '1s');
  await lab.ready();
  const started = descendantsOf(lab.pid);
  expect(started.length).toBeGreaterThanOrEqual(1);
  await lab.stop('SIGKILL');

  await until(
    () => !started.some(isAlive),
    () => `these live on: ${started.filter(isAlive).join(', ')}`,
  );
});

it('says what it needs when that is missing', async () => {
  const lab = spawn(process.execPath, [LAB, 'stopped'], {
    env: { PATH: '/nowhere' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [errors] = (await once(lab.stderr.setEncoding('utf8'), 'data')) as [string];
  const [code] = (await once(lab, 'close')) as [number];

  expect(code).toBe(1);
  expect(errors).toBe(
    'leak-lab: stopped: python3 is missing and the server of this scenario needs it: install it (apt-get install python3)\n',
  );
});

it('says so and gives up when its server is killed', async () => {
  await using lab = new LabProcess('stopped', '--count', '2', '--rate', '200');
  const { pid } = await lab.ready();
  process.kill(pid, 'SIGKILL');

  expect(await lab.exitCode()).toBe(1);
  expect(lab.errors).toBe('leak-lab: stopped: the server process ended (SIGKILL)\n');
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

it.each(['code-leak', 'stopped'])('names the port that somebody else has, in %s', async (scenario) => {
  await using first = new LabProcess('code-leak', '--count', '1');
  const { port } = await first.ready();
  await using second = new LabProcess(scenario, '--count', '1', '--port', String(port));

  expect(await second.exitCode()).toBe(1);
  expect(second.errors).toContain(`address already in use 127.0.0.1:${port}`);
});

it('lists the scenarios in its help', async () => {
  await using lab = new LabProcess('--help');

  expect(await lab.exitCode()).toBe(0);
  const help = lab.lines.join('\n');
  for (const { name, summary } of SCENARIOS) expect(help).toContain(`  ${name.padEnd(16)} ${summary}\n`);
});

it('refuses what it does not know, in words', async () => {
  await using lab = new LabProcess('codeleak', '--rate', 'fast');

  expect(await lab.exitCode()).toBe(2);
  expect(lab.errors).toContain('there is no scenario "codeleak"; there are code-leak, not-reading, never-accepted, ');
  expect(lab.errors).toContain('--rate must be a whole number from 1 to 2000, not "fast"');
});
