import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endProgram } from './end-program.ts';

it('asks a program to end, and does not ask twice', async () => {
  const child = spawn('sleep', ['60']);
  await endProgram(child);
  expect(child.signalCode).toBe('SIGTERM');
  await endProgram(child);
});

it('kills a program that does not listen', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  await endProgram(child, 100);
  expect(child.signalCode).toBe('SIGKILL');
});

it('has nothing to end where a program did not start', async () => {
  const child = spawn('closewatch-no-such-program');
  await once(child, 'error');
  await endProgram(child);
  expect(child.pid).toBeUndefined();
});
