import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = 'agent-token';

/** The token that agents present to the server with this data folder, from its file; undefined without one. */
export async function readAgentToken(dataFolder: string): Promise<string | undefined> {
  const token = (await readFile(join(dataFolder, NAME), 'utf8').catch(() => '')).trim();
  return token === '' ? undefined : token;
}

/** Puts the token there; one that was there before is kept beside it. Returns the name of the latter's file, if any. */
export async function writeAgentToken(dataFolder: string, token: string): Promise<string | undefined> {
  const file = join(dataFolder, NAME);
  const before = await readAgentToken(dataFolder);
  if (before === token) return undefined;
  await mkdir(dataFolder, { recursive: true });
  const kept = before === undefined ? undefined : `${file}.before-restore`;
  if (kept !== undefined) await rename(file, kept);
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return kept;
}
