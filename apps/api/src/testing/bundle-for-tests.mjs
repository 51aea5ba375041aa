import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { NODE_BUNDLE } from '../../../../tools/build/node-bundle.ts';

const source = resolve(import.meta.dirname, '..');
const workspace = resolve(source, '../../..');

/**
 * The server, and what prepares its databases, as programs that Node runs as they are: for the one server of a test
 * run, and for tests that kill processes. Beside dist/api, which somebody may be running. Returns the folder.
 */
export async function bundleForTests() {
  const outdir = join(workspace, 'dist/test/api-bundle');
  await build({
    ...NODE_BUNDLE,
    entryPoints: {
      main: join(source, 'main.ts'),
      backup: join(source, 'backup/main.ts'),
      cli: join(source, 'cli/main.ts'),
      'test-server': join(source, 'testing/test-server.ts'),
      'clocked-server': join(source, 'testing/clocked-server.ts'),
      'hold-server': join(source, 'testing/hold-server.ts'),
    },
    outdir,
  });
  return outdir;
}
