import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push, type PushAnswer } from '@closewatch/protocol';
import { ApiProcess } from '../testing/api-process.ts';
import { buildConnection, buildPush, buildSnapshot } from '../testing/push-builder.ts';
import { runBackupProgram } from './testing/backup-program.ts';

let folder: string;
const running: ApiProcess[] = [];
const at = Date.now() - 30_000;
const push = buildPush({
  snapshots: [
    buildSnapshot({
      takenAt: new Date(at).toISOString(),
      connections: [buildConnection('leaked-socket', at)],
    }),
  ],
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-embedded-'));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  for (const api of running.splice(0)) if (api.child.exitCode === null) await api.end('SIGTERM');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(dataFolder: string): Promise<{ api: ApiProcess; url: URL; token: string }> {
  const api = new ApiProcess(dataFolder);
  running.push(api);
  return { api, url: await api.ready(), token: await api.token() };
}

async function send(url: URL, token: string, body: Push): Promise<PushAnswer> {
  const response = await fetch(new URL('/api/v1/snapshots', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as PushAnswer;
}

/** What a person sees of the host and its connections, without what depends on the clock. */
async function seen(url: URL): Promise<unknown> {
  const signedIn = await fetch(new URL('/api/v1/session', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: url.searchParams.get('code') }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, url), { headers: { cookie } });
    expect({ path, status: response.status }).toEqual({ path, status: 200 });
    return response.json();
  };
  const instant = new Date(at + 1_000).toISOString();
  const host = `/api/v1/hosts/${push.agentId}`;
  const { hostname, counts } = (await read(host)) as Record<string, unknown>;
  return {
    hostname,
    counts,
    connections: await read(`${host}/connections?state=close_wait&at=${instant}`),
    states: await read(`${host}/states?from=${new Date(at - 60_000).toISOString()}&to=${instant}&points=10`),
  };
}

describe('a backup of the embedded database', () => {
  it('is taken while the server runs, and agents go on where it is restored', async () => {
    const [here, there, file] = [join(folder, 'here'), join(folder, 'there'), join(folder, 'of.backup')];
    const first = await start(here);
    expect(await send(first.url, first.token, push)).toMatchObject({ accepted: 1, rejected: [] });
    const taken = await runBackupProgram(['backup', file], { CLOSEWATCH_DATA: here });
    expect(taken).toEqual({ code: 0, errors: expect.stringContaining(`rows of`) });
    expect(taken.errors).not.toContain(first.token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await seen(first.url);

    const refused = await runBackupProgram(['restore', '--replace', file], { CLOSEWATCH_DATA: here });
    expect(refused).toEqual({ code: 1, errors: expect.stringContaining('Another Closewatch is running on') });
    expect(await first.api.end('SIGTERM')).toBe(0);

    const restored = await runBackupProgram(['restore', file], { CLOSEWATCH_DATA: there });
    expect(restored).toEqual({ code: 0, errors: expect.stringContaining('is as of') });
    const second = await start(there);
    expect(second.token).toBe(first.token);
    expect(await seen(second.url)).toEqual(before);
    // The same run goes on, and is asked for all of its connections; what was stored is known.
    const next = { ...push, snapshots: [buildSnapshot({ seq: 1, complete: false })] };
    expect(await send(second.url, first.token, next)).toMatchObject({ accepted: 1, resync: true });
    expect(await send(second.url, first.token, push)).toMatchObject({ accepted: 0, duplicate: 1 });
    expect(await second.api.end('SIGTERM')).toBe(0);
  }, 60_000);

  it('is taken while no server runs, and replaces what is there, the token included', async () => {
    const [there, file] = [join(folder, 'there'), join(folder, 'stopped.backup')];
    const token = await readFile(join(there, 'agent-token'), 'utf8');
    const taken = await runBackupProgram(['backup', file], { CLOSEWATCH_DATA: there });
    expect(taken).toEqual({ code: 0, errors: expect.stringContaining('rows of') });
    await writeFile(join(there, 'agent-token'), 'another-token-of-somebody\n');
    const empty = await runBackupProgram(['restore', file], { CLOSEWATCH_DATA: there });
    expect(empty).toEqual({ code: 1, errors: expect.stringContaining('is not empty') });
    const replaced = await runBackupProgram(['restore', '--replace', file], { CLOSEWATCH_DATA: there });
    expect(replaced).toEqual({ code: 0, errors: expect.stringContaining('agent-token.before-restore') });
    expect(await readFile(join(there, 'agent-token'), 'utf8')).toBe(token);
  }, 60_000);

  it('is refused where there is none', async () => {
    const { code, errors } = await runBackupProgram(['backup', join(folder, 'x')], {
      CLOSEWATCH_DATA: join(folder, 'no'),
    });
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('There is no database in') });
    await expect(stat(join(folder, 'no'))).rejects.toThrow('ENOENT');
  });
});
