import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalAgent } from './local-agent.ts';

let folder: string;
let agent: LocalAgent | undefined;
const said: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-agent-'));
  said.length = 0;
});

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** An agent that notes its starts and ends, its arguments and a part of its environment. */
async function startAgent(behaviour: string): Promise<LocalAgent> {
  const program = join(folder, 'main.mjs');
  await writeFile(
    program,
    `import { appendFileSync } from 'node:fs';
     const note = (text) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, text + '\\n');
     note('start ' + process.argv[2] + ' ' + process.env.CLOSEWATCH_SERVER + ' ' + process.env.SECRET + ' ' + (process.send !== undefined));
     ${behaviour}`,
  );
  const environment = { CLOSEWATCH_SERVER: 'http://127.0.0.1:1' };
  agent = new LocalAgent({ program, environment, log: (message) => said.push(message) });
  agent.start();
  return agent;
}

const notes = async (): Promise<string[]> =>
  (await readFile(join(folder, 'notes'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

async function noted(count: number): Promise<string[]> {
  for (let lines = await notes(); ; lines = await notes()) {
    if (lines.length >= count) return lines;
    await sleep(20);
  }
}

const STAY = `process.on('SIGTERM', () => { note('stop'); process.exit(0); }); setInterval(() => {}, 1000);`;

describe('the local agent', () => {
  it('runs with a channel to us and the environment it is given, and no other', async () => {
    await startAgent(STAY);
    expect(await noted(1)).toEqual(['start run http://127.0.0.1:1 undefined true']);
  });

  it('is asked to stop and waited for', async () => {
    const running = await startAgent(STAY);
    await noted(1);
    await running.stop();
    expect(await notes()).toEqual([expect.stringMatching(/^start/), 'stop']);
    expect(said).toEqual([]);
  });

  it('is started again when it dies, and not after stop', async () => {
    const running = await startAgent('process.exit(3);');
    expect(await noted(2)).toHaveLength(2);
    expect(said[0]).toContain('exit code 3');
    await running.stop();
    const before = (await notes()).length;
    await sleep(1_500);
    expect((await notes()).length).toBe(before);
  });

  it('is not started again when its configuration has faults, and that is said', async () => {
    await startAgent('process.exit(2);');
    while (said.length === 0) await sleep(20);
    await sleep(700);
    expect(await notes()).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(/refuses its configuration.*goes on without it/)]);
  });

  it('that does not stop is killed', async () => {
    const running = await startAgent(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); note('deaf');`);
    await noted(2);
    const askedAt = Date.now();
    await running.stop();
    expect(Date.now() - askedAt).toBeLessThan(5_000);
  });

  it('that is not built is no error, but is said', () => {
    const absent = new LocalAgent({
      program: join(folder, 'none.js'),
      environment: {},
      log: (line) => said.push(line),
    });
    absent.start();
    expect(said[0]).toContain('npm run build');
  });
});
