import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram } from '../testing/built-program.ts';
import { startLeakingChild } from '../testing/leaking.ts';
import { ended } from '../testing/program.ts';
import { Sink } from '../testing/sink.ts';

const LEAKS = 3;

let agent: Awaited<ReturnType<typeof builtProgram>>;
let child: ChildProcess;
let port: number;
let releases: (() => unknown)[] = [];

beforeAll(async () => {
  agent = await builtProgram('main.ts');
  ({ child, port } = await startLeakingChild(LEAKS));
});

afterEach(async () => {
  for (const release of releases.toReversed()) await release();
  releases = [];
});

afterAll(async () => {
  await ended(child);
  await agent.remove();
});

function said(words: readonly string[], environment: Record<string, string> = {}, program = agent.path) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-cli-'));
  releases.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Group {
  readonly process: { readonly pid: number; readonly executable: string };
  readonly endpoint: { readonly port: number };
  readonly count: number;
  readonly finding: object;
}

describe('closewatch-agent leaks', () => {
  it('shows who leaks, how many, at which port, why, and what its threads do', () => {
    const { status, stdout } = said(['leaks']);

    expect(status).toBe(0);
    const row = stdout.split('\n').find((line) => line.includes(`:${port} `));
    expect(row).toMatch(
      new RegExp(`^ +${LEAKS} +0 +\\d+s +${LEAKS} +← \\S+:${port} +${child.pid} +node +Not reading \\d+%`),
    );
    expect(stdout).toMatch(new RegExp(`^node \\(${child.pid}\\) ← \\S+:${port}  Not reading  \\d+% sure$`, 'm'));
    expect(stdout).toMatch(/^ {2}for it +\S.*Recv-Q/m);
    expect(stdout).toMatch(/^ {2}what to do +Have every idle connection watched/m);
    expect(stdout).toMatch(new RegExp(`^node \\(${child.pid}\\) +\\d+ threads: .*epoll`, 'm'));
  });

  it('speaks Chinese where the locale does, or it is told to', () => {
    const byLocale = said(['leaks'], { LANG: 'zh_CN.UTF-8' }).stdout;
    expect(byLocale).toContain('未读取');
    expect(byLocale).toMatch(/^ {2}处理建议 {2}让每条空闲连接/m);
    expect(said(['leaks', '--language', 'zh-Hans']).stdout).toContain('未读取');
    expect(said(['leaks', '--language', 'en'], { LANG: 'zh_CN.UTF-8' }).stdout).toContain('Not reading');
  });

  it('tells the same as JSON, with each connection on demand', () => {
    const { stdout } = said(['leaks', '--json', '--connections']);
    const told = JSON.parse(stdout) as {
      closeWait: number;
      groups: Group[];
      evidence: { process: { pid: number }; threads: { total: number } }[];
      connections: { local: { port: number }; class: string; owners: { pid: number }[]; finding: object }[];
    };

    expect(told.closeWait).toBeGreaterThanOrEqual(LEAKS);
    const group = told.groups.find(({ endpoint }) => endpoint.port === port);
    expect(group).toMatchObject({ process: { pid: child.pid, executable: 'node' }, count: LEAKS });
    expect(group?.finding).toMatchObject({
      verdict: 'not_reading',
      name: 'Not reading',
      confidence: expect.any(Number),
      for: expect.arrayContaining([
        expect.objectContaining({ key: 'reason.only_end_unread', text: expect.stringContaining('unread') }),
      ]),
      advice: { key: 'advice.not_reading', text: expect.stringContaining('pool') },
    });
    expect(told.evidence.find(({ process }) => process.pid === child.pid)?.threads.total).toBeGreaterThan(1);
    const ours = told.connections.filter(({ local }) => local.port === port);
    expect(ours.map(({ class: name, owners: [owner] }) => [name, owner?.pid])).toEqual(
      Array.from({ length: LEAKS }, () => ['owned', child.pid]),
    );
    for (const { finding } of ours) expect(finding).toMatchObject({ verdict: 'not_reading' });
  });

  it('shows a line for each connection on demand', () => {
    const { stdout } = said(['leaks', '--connections']);

    const rows = stdout.split('\n').filter((line) => line.includes(`:${port} `));
    expect(rows).toHaveLength(LEAKS);
    for (const row of rows) expect(row).toMatch(new RegExp(` ${child.pid} +\\d+ +node +Not reading \\d+%$`));
  });

  it('tells by its exit code whether something leaks for longer than asked', () => {
    expect(said(['leaks', '--check', '--min-age', '0s']).status).toBe(3);
    expect(said(['leaks', '--check', '--min-age', '30d']).status).toBe(0);
  });

  it('writes no colours into a pipe', () => {
    expect(said(['leaks'], { FORCE_COLOR: '1' }).stdout).not.toContain('\u001b');
  });
});

describe('closewatch-agent watch', () => {
  it('shows as many pictures as asked, one after the other where there is no terminal', () => {
    const { status, stdout } = said(['watch', '--count', '2', '--interval', '500ms']);

    expect(status).toBe(0);
    expect(stdout.match(/every 0\.5 s$/gm)).toHaveLength(2);
    expect(stdout.match(new RegExp(`← \\S+:${port} +${child.pid} `, 'g'))).toHaveLength(2);
  });

  it('writes an object a line as JSON', () => {
    const lines = said(['watch', '--json', '--count', '2', '--interval', '500ms']).stdout.trim().split('\n');

    const told = lines.map((line) => JSON.parse(line) as { counts: { close_wait: number }; groups: Group[] });
    expect(told).toHaveLength(2);
    for (const { groups } of told) expect(groups.find(({ endpoint }) => endpoint.port === port)?.count).toBe(LEAKS);
  });

  it('leaves a terminal as it was', async () => {
    // script(1) is the terminal: what is written to it comes out of its standard output.
    const command = `${process.execPath} ${agent.path} watch --interval 500ms --count 2`;
    const program = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
    releases.push(() => ended(program, 'SIGKILL'));
    let output = '';
    program.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
    await new Promise((resolve) => program.once('close', resolve));

    expect(output.startsWith('\u001b[?1049h')).toBe(true);
    expect(output.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(output).toContain('CLOSE_WAIT');
  });

  it('ends cleanly when it is told to', async () => {
    const program = spawn(process.execPath, [agent.path, 'watch', '--interval', '500ms'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => program.stdout.once('data', resolve));
    expect(await ended(program, 'SIGINT')).toBe(0);
  });
});

describe('closewatch-agent doctor', () => {
  interface Report {
    readonly outcome: string;
    readonly findings: { subject: string; outcome: string; found: string; remedies?: string[] }[];
  }
  const report = (environment: Record<string, string> = {}, program = agent.path) => {
    const { status, stdout } = said(['doctor', '--json'], environment, program);
    const { outcome, findings } = JSON.parse(stdout) as Report;
    return { status, outcome, finding: (subject: string) => findings.find((each) => each.subject === subject) };
  };

  it('finds netlink, and does not try a server that nobody named', () => {
    const { finding } = report({ CLOSEWATCH_DATA: freshFolder() });

    expect(finding('Sockets')).toMatchObject({ outcome: 'ok', found: expect.stringMatching(/^netlink tells of \d+ /) });
    expect(finding('Server')).toMatchObject({ outcome: 'unknown' });
  });

  it('tries the server, its clock and the token', async () => {
    const sink = new Sink();
    const server = await sink.open();
    releases.push(() => sink.close());
    const environment = { CLOSEWATCH_SERVER: server.href, CLOSEWATCH_TOKEN: 't', CLOSEWATCH_DATA: freshFolder() };

    // The sink knows nothing but pushes, and so is no Closewatch server. It answers from this very process, so the
    // doctor must not be waited for in one go.
    const program = spawn(process.execPath, [agent.path, 'doctor', '--json'], { env: environment });
    let stdout = '';
    program.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
    const status = await new Promise((resolve) => program.once('close', resolve));

    expect(status).toBe(1);
    const { findings } = JSON.parse(stdout) as Report;
    expect(findings.find(({ subject }) => subject === 'Server')).toMatchObject({
      outcome: 'failed',
      found: `${server.href} answers 404 to /health/live`,
    });
  });

  it('says what to do when the server is away, and where the state folder cannot be', () => {
    const environment = { CLOSEWATCH_SERVER: 'http://127.0.0.1:9', CLOSEWATCH_TOKEN: 't' };
    const { status, outcome, finding } = report({ ...environment, CLOSEWATCH_DATA: '/dev/null/x' });

    expect({ status, outcome }).toEqual({ status: 1, outcome: 'failed' });
    expect(finding('Server')?.found).toMatch(/does not answer: .*ECONNREFUSED/);
    expect(finding('Server')?.remedies?.join()).toContain('CLOSEWATCH_SERVER');
    expect(finding('State folder')).toMatchObject({ outcome: 'failed' });
  });

  it('finds /proc where koffi is missing, and says what that costs', () => {
    // Outside the workspace there is no node_modules, as after an install that went wrong.
    const lonely = join(freshFolder(), 'main.mjs');
    copyFileSync(agent.path, lonely);

    const { status, finding } = report({}, lonely);

    expect(status).toBe(3);
    expect(finding('Sockets')).toMatchObject({
      outcome: 'reduced',
      found: expect.stringMatching(/koffi.*procfs tells of/),
    });
    const { stdout, stderr } = said(['counts'], {}, lonely);
    expect(stdout).toMatch(/^CLOSE_WAIT \d+$/m);
    expect(stderr).toMatch(/koffi.*reading procfs instead/);
  });
});
