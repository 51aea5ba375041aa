import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareClusterFolders, reachableInstallation } from './cluster-folders.ts';
import { canEnter, type ServerAccount, serverAccount } from './server-account.ts';

let folder: string;
const version = `test-${randomBytes(4).toString('hex')}`;
const asRoot = process.getuid?.() === 0 ? it : it.skip;

beforeAll(async () => {
  // 0700, as mkdtemp makes it: like a home that only its owner enters.
  folder = await mkdtemp(join(tmpdir(), 'closewatch-folders-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function fakeInstallation(): Promise<string> {
  const installation = join(folder, 'native');
  await mkdir(join(installation, 'bin'), { recursive: true, mode: 0o700 });
  await writeFile(join(installation, 'bin/postgres'), '#!/bin/sh\n', { mode: 0o700 });
  return installation;
}

describe('the folders of the embedded server', () => {
  asRoot('are where its user can get in: a copy of the server and another place for the cluster', async () => {
    const account = serverAccount();
    const copy = await reachableInstallation({ folder: await fakeInstallation(), version }, account);
    try {
      expect(copy.startsWith(folder)).toBe(false);
      expect(await canEnter(account, join(copy, 'bin'))).toBe(true);
      expect((await stat(join(copy, 'bin/postgres'))).uid).toBe(account?.uid);
      expect(await reachableInstallation({ folder: join(folder, 'native'), version }, account)).toBe(copy);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
    const data = join(folder, 'data');
    const folders = await prepareClusterFolders(data, { folder: '/usr', version }, account);
    expect(await canEnter(account, folders.home)).toBe(true);
    expect((await stat(folders.home)).mode & 0o777).toBe(0o700);
    expect(folders.passwordFile.startsWith(data)).toBe(true);
    expect((await readFile(join(data, 'postgres-location'), 'utf8')).trim()).toBe(folders.home);
    await rm(folders.home, { recursive: true });
  });

  asRoot('of another user are left to them, whose database it is', async () => {
    const data = join(folder, 'of-another');
    const cluster = join(data, 'postgres/data');
    await mkdir(cluster, { recursive: true });
    await chown(cluster, 54_321, 54_321);
    const account: ServerAccount = { uid: 12_345, gid: 12_345 };
    await chmod(folder, 0o755);
    await expect(prepareClusterFolders(data, { folder: '/usr', version }, account)).rejects.toThrow(
      /belongs to the user with id 54321, .* id 12345.*not with sudo/,
    );
    await chmod(folder, 0o700);
    expect((await stat(cluster)).uid).toBe(54_321);
    expect((await stat(join(data, 'postgres'))).uid).toBe(0);
  });

  it('are below the data folder for whoever owns that', async () => {
    const data = join(folder, 'own');
    const folders = await prepareClusterFolders(data, { folder: await fakeInstallation(), version }, undefined);
    expect(folders.home).toBe(join(data, 'postgres'));
    expect(folders.installation).toBe(join(folder, 'native'));
  });
});
