import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCE = fileURLToPath(new URL('server.c', import.meta.url));

/** Compiles server.c into a folder of its own, which goes with `remove`. Rejects when gcc is missing. */
export async function compiledServer(): Promise<{ path: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-leak-lab-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, 'leak-lab-server');
  try {
    await promisify(execFile)('gcc', ['-O1', '-pthread', '-o', path, SOURCE]);
    return { path, remove };
  } catch (error) {
    remove();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('gcc is missing and the server of this scenario needs it: install it (apt-get install gcc)', {
      cause: error,
    });
  }
}
