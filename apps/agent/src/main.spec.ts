import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  it('imports nothing but Node itself; koffi is loaded on demand', () => {
    const imports = readFileSync(agent.path, 'utf8').matchAll(/^import .* from "([^"]+)"|import\("([^"]+)"\)/gm);
    const packages = [...imports].map(([, whole, lazy]) => whole ?? lazy).filter((name) => !name?.startsWith('node:'));
    expect(packages).toEqual([]);
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
    [['fly'], 'there is no command "fly"; there are run, counts, leaks, watch and doctor (see --help)'],
    [[], 'name a command: run, counts, leaks, watch and doctor (see --help)'],
    [['counts', 'twice'], '"twice" means nothing after counts (see --help)'],
    [['counts', '--source', 'lsof'], '--source is netlink or procfs, not "lsof"'],
    [['run', '--json'], '--json goes with counts, leaks, watch and doctor, not with run (see --help)'],
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

  /** Those of the agent's own network namespace: the host may have others. */
  function own(): Snapshot[] {
    return sink.received.flatMap(({ snapshots }) => snapshots).filter(({ netns }) => netns === 0);
  }

  async function untilPushed(snapshots: number): Promise<void> {
    for (let i = 0; i < 500; i++) {
      if (own().length >= snapshots) return;
      await sleep(20);
    }
    throw new Error(`fewer than ${snapshots} snapshots came`);
  }

  it('pushes snapshots without a gap, as one run of one host, and goes cleanly on SIGTERM', async () => {
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(program);
    await untilPushed(3);
    expect(await ended(program, 'SIGTERM')).toBe(0);
    const seqs = sink.received.flatMap(({ snapshots }) => snapshots).map(({ seq }) => seq);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, index) => index));
    expect(
      own()
        .slice(0, 2)
        .map(({ complete }) => complete),
    ).toEqual([false, true]);
    const pushes = sink.received.map(({ push }) => push);
    expect(new Set(pushes.map(({ agentId, runId, bootId }) => `${agentId} ${runId} ${bootId}`)).size).toBe(1);
    expect(pushes[0]?.agentId).toBe(readFileSync(join(folder, 'agent/agent-id'), 'utf8').trim());
    expect(pushes[0]?.agent).toMatchObject({ hostname: 'host-under-test', version: '1.2.3', source: 'netlink' });
    expect(pushes[0]?.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  }, 15_000);

  it('goes on when nobody takes its log any more', async () => {
    const program = spawn(process.execPath, [agent.path, 'run'], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    programs.push(program);
    program.stderr.destroy();
    await untilPushed(2);
    expect(await ended(program, 'SIGTERM')).toBe(0);
  }, 15_000);

  it("dates the very first snapshot by the server's clock", async () => {
    sink.aheadMs = -600_000;
    const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(program);
    await untilPushed(1);
    const takenAt = own()[0]?.takenAt ?? '';
    expect(Math.abs(Date.parse(takenAt) - Date.now() + 600_000)).toBeLessThan(5_000);
  }, 15_000);

  it('is a new run of the same host when it is started again, by the source it is told', async () => {
    for (const source of ['netlink', 'procfs']) {
      const count = own().length;
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
    sink.received.length = 0;
    sink.reply = () => undefined;
    expect(await ended(program, 'SIGTERM')).toBe(0);
    // The newest before the one from before.
    const [newest, ...before] = own().map(({ takenAt }) => Date.parse(takenAt));
    expect(before).toHaveLength(1);
    expect((newest ?? 0) - (before[0] ?? 0)).toBeGreaterThanOrEqual(900);
  }, 15_000);

  it('says what became of the run before: none, killed, stopped, or of another boot', async () => {
    const started = async (signal: NodeJS.Signals): Promise<unknown> => {
      const before = own().length;
      const program = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
      programs.push(program);
      await untilPushed(before + 1);
      await ended(program, signal);
      return own()[before]?.events?.map((event) => (event.kind === 'started' ? event.after : event.kind));
    };
    expect(await started('SIGKILL')).toEqual(['first_run']);
    expect(await started('SIGTERM')).toEqual(['crash']);
    expect(await started('SIGTERM')).toEqual(['clean_stop']);
    const file = join(folder, 'agent/run-state');
    const state = readFileSync(file, 'utf8').replace(
      /"bootId":"[^"]+"/,
      '"bootId":"6f0c2a9e-1b7d-4c55-8a30-2f5de8b7a914"',
    );
    writeFileSync(file, state);
    expect(await started('SIGTERM')).toEqual(['reboot']);
  }, 30_000);

  it('is refused a data folder that another agent uses, and says so', async () => {
    const first = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(first);
    await untilPushed(1);
    const second = spawn(process.execPath, [agent.path, 'run'], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    programs.push(second);
    let stderr = '';
    second.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
    const [code] = (await once(second, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(stderr).toContain(`another agent uses the data folder ${folder}`);
    expect(first.exitCode).toBeNull();
  }, 20_000);

  it('delivers after SIGKILL and a restart what the server had not taken, under the run that took it', async () => {
    sink.reply = (_received, response) => {
      response.destroy();
      return 'answered';
    };
    const killed = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(killed);
    await untilPushed(2);
    await ended(killed, 'SIGKILL');
    const tried = new Set(own().map(({ takenAt }) => takenAt));
    const runId = sink.received[0]?.push.runId;
    sink.received.length = 0;
    sink.reply = () => undefined;
    const next = spawn(process.execPath, [agent.path, 'run'], { env: environment, stdio: 'ignore' });
    programs.push(next);
    const late = () => sink.received.filter(({ push }) => push.runId === runId).flatMap(({ snapshots }) => snapshots);
    for (let i = 0; i < 900 && late().length === 0; i++) await sleep(20);
    await ended(next, 'SIGTERM');
    const delivered = late()
      .filter(({ netns }) => netns === 0)
      .map(({ takenAt }) => takenAt);
    expect(delivered).toEqual(expect.arrayContaining([...tried]));
    expect(new Set(delivered).size).toBe(delivered.length);
  }, 30_000);

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
