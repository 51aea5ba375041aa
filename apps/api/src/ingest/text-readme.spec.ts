import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TextIngestAnswerSchema } from '@closewatch/protocol';
import { TCP_STATE_FACTS, TCP_STATES } from '@closewatch/socket-states';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

/** The lines of the README that send what a tool prints, as they stand there. */
const README = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
const PROMISED = README.split('\n').filter((line) => line.includes('| curl ') && line.includes('/api/v1/ingest/text'));

function isThere(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let database: TestDatabase;
let api: TestApi;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  folder = mkdtempSync(join(tmpdir(), 'closewatch-readme-'));
  writeFileSync(join(folder, 'token'), `${api.agentToken}\n`);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api?.stop();
  await database?.drop();
});

/** Runs a line of the README against the server of this test, in a child so that the server can answer. */
async function run(line: string): Promise<string> {
  const command = line
    .replace(/^\* \* \* \* \* root /, '')
    .replaceAll('/etc/closewatch/token', join(folder, 'token'))
    .replaceAll('http://closewatch.example:8640', api.url)
    .replace(' | curl ', ` | tee ${join(folder, 'text')} | curl `);
  const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise((resolve) => shell.once('close', resolve));
  if (code !== 0) throw new Error(`it ended with ${String(code)}: ${command}`);
  return printed;
}

describe('a line of the README that makes a host without an agent', () => {
  it('is there for ss and for netstat', () => {
    expect(PROMISED.map((line) => /(ss|netstat) -\w+ \|/.exec(line)?.[1])).toEqual(['ss', 'netstat']);
  });

  for (const [index, line] of PROMISED.entries()) {
    const tool = /(ss|netstat) -\w+ \|/.exec(line)?.[1] ?? '';
    const obstacle = ['curl', tool].find((program) => !isThere(program));
    const test = obstacle === undefined ? it : it.skip;
    test(`does so: ${tool}${obstacle === undefined ? '' : ` (skipped: ${obstacle} is missing)`}`, async () => {
      const printed = await run(PROMISED[index] ?? '');
      // From cron nobody reads what curl prints, so one of them leaves it out: the host is what counts.
      const cookie = await api.signIn();
      const { items } = await api.read<{ items: { hostname: string; counts: Record<string, number | null> }[] }>(
        cookie,
        '/api/v1/hosts',
      );
      const hostname = execFileSync('hostname', { encoding: 'utf8' }).trim();
      const counts = items.find((host) => host.hostname === hostname)?.counts ?? {};
      const column = tool === 'ss' ? 'NR > 1 && /^[A-Z]/ {++S[$1]}' : '/^tcp/ {++S[$6]}';
      const script = `${column} END {for(a in S) print a, S[a]}`;
      const lines = execFileSync('awk', [script, join(folder, 'text')], { encoding: 'utf8' })
        .trim()
        .split('\n');
      const spelled = TCP_STATES.filter((state) => (counts[state] ?? 0) > 0).map(
        (state) => `${TCP_STATE_FACTS[state][tool === 'ss' ? 'ss' : 'netstat']} ${counts[state]}`,
      );
      expect(spelled.sort()).toEqual(lines.sort());
      if (printed !== '') expect(TextIngestAnswerSchema.parse(JSON.parse(printed)).host.hostname).toBe(hostname);
    });
  }
});
