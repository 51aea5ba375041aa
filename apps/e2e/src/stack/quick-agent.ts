import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspace } from './program.ts';

const bundle = promisify(execFile);

/**
 * The agent as it is, but that it samples every 100 ms (its testing/quick-agent.ts), bundled into a folder of its own: ten
 * minutes of the usual 5 s pass in 12 s. Returns the path of the program, and what removes it.
 */
export async function buildQuickAgent(): Promise<{ path: string; remove: () => void }> {
  const parent = join(workspace, 'dist/test');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'quick-agent-'));
  const path = join(folder, 'program.js');
  const entry = join(workspace, 'apps/agent/src/testing/quick-agent.ts');
  await bundle(process.execPath, [join(workspace, 'tools/build/bundle-program.ts'), entry, path]);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
