import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from './program.ts';

/**
 * The agent as it is, but that it samples every 100 ms (its testing/quick-agent.ts), bundled into a folder of its own: ten
 * minutes of the usual 5 s pass in 12 s. Returns the path of the program, and what removes it.
 */
export async function buildQuickAgent(): Promise<{ path: string; remove: () => void }> {
  const parent = join(workspace, 'dist/test');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'quick-agent-'));
  const path = join(folder, 'program.js');
  await build({
    entryPoints: [join(workspace, 'apps/agent/src/testing/quick-agent.ts')],
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
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
