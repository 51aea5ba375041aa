import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { EmbeddedServer } from './embedded-server.ts';
import { findPostgres } from './platform-binaries.ts';
import { findPostmaster } from './postmaster-file.ts';

const HOLD_SERVER = join(process.env.CLOSEWATCH_TEST_PROGRAMS ?? '', 'hold-server.js');

interface Held {
  readonly url: string;
  readonly pid: number;
  readonly events: string[];
}

/** One cluster for all that need not see it made: making it is what takes time. */
let shared: string;
let folder: string;
let cluster: string;
const children: ChildProcess[] = [];
const ownFolders: string[] = [];

beforeAll(async () => {
  shared = await newFolder();
});

beforeEach(() => {
  folder = shared;
  cluster = join(folder, 'postgres/data');
});

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await serverGone();
});

afterAll(async () => {
  for (const own of [shared, ...ownFolders]) await rm(own, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'closewatch-pg-'));
  await chmod(made, 0o755);
  return made;
}

/** A folder for this test alone. */
async function useOwnFolder(): Promise<void> {
  folder = await newFolder();
  ownFolders.push(folder);
  cluster = join(folder, 'postgres/data');
}

/** A process of its own that runs the server of the folder. */
function hold(): ChildProcess {
  const child = spawn(process.execPath, [HOLD_SERVER, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<Held> {
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return JSON.parse(line.toString('utf8')) as Held;
}

async function serverGone(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await findPostmaster(cluster)) === undefined) return;
    await sleep(50);
  }
  throw new Error(`The server on ${cluster} still runs.`);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('SELECT 1')).rowCount === 1;
  } finally {
    await client.end();
  }
}

describe('the embedded server', () => {
  it('starts in an empty folder, stops, and starts again with its data', async () => {
    const first = await EmbeddedServer.start(folder);
    const client = new pg.Client({ connectionString: first.databaseUrl });
    await client.connect();
    await client.query('CREATE TABLE kept (answer integer)');
    const settings = await client.query<Record<string, string>>(
      `SELECT current_setting('listen_addresses') AS listen, current_setting('data_checksums') AS checksums,
              current_setting('password_encryption') AS password, current_setting('TimeZone') AS zone`,
    );
    expect(settings.rows[0]).toEqual({ listen: '', checksums: 'on', password: 'scram-sha-256', zone: 'UTC' });
    await client.end();
    await first.stop();
    expect(await findPostmaster(cluster)).toBeUndefined();
    const second = await EmbeddedServer.start(folder);
    const again = new pg.Client({ connectionString: second.databaseUrl });
    await again.connect();
    expect((await again.query('SELECT FROM kept')).rowCount).toBe(0);
    await again.end();
    await second.stop();
  });

  it('recovers from a first start that was killed', async () => {
    await useOwnFolder();
    const killed = hold();
    // As soon as initdb has begun to write.
    for (let begun = false; !begun; await sleep(5)) {
      const names = await readdir(join(folder, 'postgres')).catch(() => []);
      begun = names.some((name) => name.startsWith('data.unfinished-') && !name.endsWith('.password'));
    }
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const server = await EmbeddedServer.start(folder);
    expect(await answers(server.databaseUrl)).toBe(true);
    await server.stop();
    expect((await readdir(join(folder, 'postgres'))).filter((name) => name.startsWith('data'))).toEqual(['data']);
  });

  it('dies with its parent, by SIGKILL too', async () => {
    const parent = hold();
    const { pid } = await ready(parent);
    expect(await readlink(`/proc/${pid}/cwd`)).toBe(cluster);
    parent.kill('SIGKILL');
    await serverGone();
  });

  it('waits for a server that is still shutting down', async () => {
    const parent = hold();
    await ready(parent);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const server = await EmbeddedServer.start(folder);
    expect(await answers(server.databaseUrl)).toBe(true);
    await server.stop();
  });

  it('is adopted when it outlived its parent and guardian, and ends with the adopter', async () => {
    const parent = hold();
    const { pid } = await ready(parent);
    // The guardian is the shell that is the server's parent. A parent that saw it go would act on it.
    parent.kill('SIGSTOP');
    await killGuardian(pid);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect((await findPostmaster(cluster))?.pid).toBe(pid);
    const adopter = hold();
    const held = await ready(adopter);
    expect(held).toMatchObject({ pid, events: [`adopted ${pid}`] });
    expect(await answers(held.url)).toBe(true);
    adopter.kill('SIGKILL');
    await serverGone();
  });

  it('refuses a second owner, whom the first does not notice', async () => {
    const first = hold();
    const { url, pid } = await ready(first);
    await expect(EmbeddedServer.start(folder)).rejects.toThrow(/Another Closewatch is running .* CLOSEWATCH_DATA/s);
    expect(await answers(url)).toBe(true);
    expect((await findPostmaster(cluster))?.pid).toBe(pid);
    first.kill('SIGTERM');
    await serverGone();
  });

  it('is started again when it is killed', async () => {
    const reasons: string[] = [];
    const server = await EmbeddedServer.start(folder, { crashed: (reason) => reasons.push(reason) });
    const pid = (await server.pid()) ?? 0;
    process.kill(pid, 'SIGKILL');
    for (let back = false; !back; await sleep(50)) {
      const now = await server.pid();
      back = now !== undefined && now !== pid && (await answers(server.databaseUrl).catch(() => false));
    }
    expect(reasons.length).toBeGreaterThan(0);
    await server.stop();
  });

  it('is not fooled by a stale postmaster.pid whose pid somebody else has', async () => {
    const server = await EmbeddedServer.start(folder);
    await server.stop();
    await writeFile(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n1\n5432\n/tmp\n\n`);
    expect(await findPostmaster(cluster)).toBeUndefined();
    await rm(join(cluster, 'postmaster.pid'));
  });

  it('takes its socket elsewhere when the path is too long or odd', async () => {
    await useOwnFolder();
    const deep = join(folder, 'a folder, with "everything"', 'x'.repeat(100));
    await mkdir(deep, { recursive: true });
    cluster = join(deep, 'postgres/data');
    const server = await EmbeddedServer.start(deep);
    expect(await answers(server.databaseUrl)).toBe(true);
    await server.stop();
  });

  it('runs below a folder that only root may enter', async () => {
    await useOwnFolder();
    await chmod(folder, 0o700);
    const server = await EmbeddedServer.start(folder);
    expect(await answers(server.databaseUrl)).toBe(true);
    await server.stop();
    const again = await EmbeddedServer.start(folder);
    expect(again.databaseUrl).toBe(server.databaseUrl);
    await again.stop();
    // The cluster of a root lies elsewhere, and nobody else will clean it up.
    const elsewhere = await readFile(join(folder, 'postgres-location'), 'utf8').catch(() => undefined);
    if (elsewhere !== undefined) await rm(elsewhere.trim(), { recursive: true });
  });
});

describe('findPostgres', () => {
  it('finds the server of this platform', () => {
    expect(findPostgres().version).toMatch(/^18\./);
  });

  it('names the way out where there is none', () => {
    expect(() => findPostgres('sunos', 'sparc')).toThrow(/sunos-sparc.*DATABASE_URL/s);
  });
});

async function killGuardian(serverPid: number): Promise<void> {
  const stat = await readFile(`/proc/${serverPid}/stat`, 'utf8');
  const guardian = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  const tasks = await readFile(`/proc/${guardian}/task/${guardian}/children`, 'utf8');
  process.kill(guardian, 'SIGKILL');
  // Its watcher, too, or it would do its duty when the pipe closes.
  for (const child of tasks.trim().split(' ').map(Number)) if (child !== serverPid) process.kill(child, 'SIGKILL');
}
