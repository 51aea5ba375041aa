import { execFile } from 'node:child_process';
import { mkdtemp, rm, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const workspace = resolve(import.meta.dirname, '../../../..');
/** A program and no import: tools are another project. */
const BUNDLER = join(workspace, 'tools/build/bundle-program.ts');
const bundle = promisify(execFile);

/**
 * Bundles a TypeScript file of the agent into a folder of its own under dist/test, so that tests start the program as
 * it is now. Returns the path of the program and what removes it.
 */
export async function builtProgram(source: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const parent = join(workspace, 'dist/test');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'agent-'));
  const path = join(folder, 'program.js');
  await bundle(process.execPath, [BUNDLER, resolve(import.meta.dirname, '..', source), path]);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
