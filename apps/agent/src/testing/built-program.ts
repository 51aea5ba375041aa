import { build } from 'esbuild';
import { mkdtemp, rm, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const workspace = resolve(import.meta.dirname, '../../../..');

/**
 * Bundles a TypeScript file of the agent into a folder of its own under dist/test, so that tests start the program as
 * it is now. Returns the path of the program and what removes it.
 */
export async function builtProgram(source: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const parent = join(workspace, 'dist/test');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'agent-'));
  const path = join(folder, 'program.js');
  await build({
    entryPoints: [resolve(import.meta.dirname, '..', source)],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    define: { CLOSEWATCH_VERSION: '"1.2.3"' },
    alias: {
      '@closewatch/socket-states': join(workspace, 'libs/socket-states/src/index.ts'),
      '@closewatch/protocol': join(workspace, 'libs/protocol/src/index.ts'),
    },
  });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
