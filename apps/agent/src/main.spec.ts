import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from './testing/built-program.ts';
import { ended } from './testing/program.ts';
import { Sink } from './testing/sink.ts';

let agent: Awaited<ReturnType<typeof builtProgram>>;
let folder: string;
const programs: ChildProcess[] = [];

beforeAll(async () => {
  agent = await builtProgram('main.ts');
});

afterAll(() => agent.remove());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-agent-'));
});

afterEach(async () => {
  for (const program of programs.splice(0)) await ended(program, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Runs it to its end. */
function said(words: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [agent.path, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

describe('closewatch-agent', () => {
  it('imports nothing but koffi and Node itself', () => {
    const imports = readFileSync(agent.path, 'utf8').matchAll(/^import .* from "([^"]+)"|import\("([^"]+)"\)/gm);
    const packages = [...imports].map(([, whole, lazy]) => whole ?? lazy).filter((name) => !name?.startsWith('node:'));
    expect(new Set(packages)).toEqual(new Set(['koffi']));
  });

  it('prints its version', () => {
    expect(said(['--version'])).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('prints how to use it', () => {
    const { status, stdout } = said(['--help']);
    expect(status).toBe(0);
    for (const word of ['run', 'counts', '--json', '--source', 'CLOSEWATCH_INTERVAL']) expect(stdout).toContain(word);
  });

  it.each([
    [['fly'], 'there is no command "fly"; there are run and counts (see --help)'],
    [[], 'name a command: run or counts (see --help)'],
    [['counts', 'twice'], '"twice" means nothing after counts (see --help)'],
    [['counts', '--source', 'lsof'], '--source is netlink or procfs, not "lsof"'],
    [['run', '--json'], '--json goes with counts (see --help)'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j with exit code 2', (words, message) => {
    const { status, stdout, stderr } = said(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`closewatch-agent: ${message}`);
  });

  it('lists all faults of its environment and exits with 2', () => {
    const { status, stderr } = said(['run'], { CLOSEWATCH_INTERVAL: '500ms', CLOSEWATCH_SERVER: 'x' });
    expect(status).toBe(2);
    expect(stderr.match(/^ {2}- CLOSEWATCH_\w+/gm)).toEqual([
      '  - CLOSEWATCH_SERVER',
      '  - CLOSEWATCH_TOKEN',
      '  - CLOSEWATCH_INTERVAL',
    ]);
  });

  it('exits with 1 and says which folder when it cannot keep its identity, also under a parent', async () => {
    const program = fork(agent.path, ['run'], {
      env: { CLOSEWATCH_TOKEN: 't', CLOSEWATCH_DATA: '/dev/null' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    programs.push(program);
    let stderr = '';
    program.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
    const [code] = (await once(program, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(stderr).toMatch(/identity in \/dev\/null\/agent\/agent-id: ENOTDIR/);
  });
});

describe('closewatch-agent run', () => {
  let sink: Sink;
  let environment: Record<string, string | undefined>;

  beforeEach(async () => {
    sink = new Sink();
    const server = await sink.open();
    environment = {
      PATH: process.env['PATH'],
      CLOSEWATCH_SERVER: server.href,
      CLOSEWATCH_TOKEN: 't',
      CLOSEWATCH_DATA: folder,
      CLOSEWATCH_INTERVAL: '1s',
      CLOSEWATCH_HOSTNAME: 'host-under-test',
    };
  });

  afterEach(() => sink.close());

  async function untilPushed(snapshots: number): Promise<void> {
    for (let i = 0; i < 500; i++) {
      if (sink.received.flatMap((received) => received.snapshots).length >= snapshots) return;
      await sleep(20);
    }
    throw new Error(`fewer than ${snapshots} snapshots came`);
  }

  it('pushes snapshots without a gap, as one run of one host, and goes cleanly on SIGTERM', async () => {
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(program);
    await untilPushed(3);
    expect(await ended(program, 'SIGTERM')).toBe(0);
    const snapshots = sink.received.flatMap((received) => received.snapshots);
    expect(snapshots.map(({ seq }) => seq)).toEqual(snapshots.map((_, index) => index));
    expect(snapshots.slice(0, 2).map(({ complete }) => complete)).toEqual([false, true]);
    const pushes = sink.received.map(({ push }) => push);
    expect(new Set(pushes.map(({ agentId, runId, bootId }) => `${agentId} ${runId} ${bootId}`)).size).toBe(1);
    expect(pushes[0]?.agentId).toBe(readFileSync(join(folder, 'agent/agent-id'), 'utf8').trim());
    expect(pushes[0]?.agent).toMatchObject({ hostname: 'host-under-test', version: '1.2.3', source: 'netlink' });
    expect(pushes[0]?.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  }, 15_000);

  it("dates the very first snapshot by the server's clock", async () => {
    sink.aheadMs = -600_000;
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(program);
    await untilPushed(1);
    const takenAt = sink.received[0]?.snapshots[0]?.takenAt ?? '';
    expect(Math.abs(Date.parse(takenAt) - Date.now() + 600_000)).toBeLessThan(5_000);
  }, 15_000);

  it('is a new run of the same host when it is started again, by the source it is told', async () => {
    for (const source of ['netlink', 'procfs']) {
      const count = sink.received.length;
      const program = spawn(process.execPath, [agent.path, 'run', '--source', source], {
        env: environment,
        stdio: 'ignore',
      });
      programs.push(program);
      await untilPushed(count + 1);
      await ended(program, 'SIGINT');
    }
    const pushes = sink.received.map(({ push }) => push);
    expect(new Set(pushes.map(({ agentId }) => agentId)).size).toBe(1);
    expect(new Set(pushes.map(({ runId, agent: { source } }) => `${runId} ${source}`)).size).toBe(2);
    expect(pushes.at(-1)?.agent.source).toBe('procfs');
  }, 15_000);

  it('delivers what it kept while the server was away, on its way out', async () => {
    sink.reply = (_received, response) => {
      response.writeHead(503, { 'retry-after': '600' }).end();
      return 'answered';
    };
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(program);
    await untilPushed(1);
    await sleep(1_500);
    sink.reply = () => undefined;
    expect(await ended(program, 'SIGTERM')).toBe(0);
    expect(sink.received.at(-1)?.snapshots.map(({ seq }) => seq)).toEqual([0, 1]);
  }, 15_000);

  it('goes when the process that started it is gone', async () => {
    const program = fork(agent.path, ['run'], { env: environment, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    programs.push(program);
    await untilPushed(1);
    const exit = once(program, 'exit');
    program.disconnect();
    expect(await exit).toEqual([0, null]);
  }, 15_000);

  it('goes when the process that started it is gone before it could listen', async () => {
    const program = fork(agent.path, ['run'], { env: environment, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    programs.push(program);
    const exit = once(program, 'exit');
    program.disconnect();
    expect(await exit).toEqual([0, null]);
  }, 15_000);
});
