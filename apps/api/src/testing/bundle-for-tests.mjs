import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { transform } from '@swc/core';
import { build } from 'esbuild';

const source = resolve(import.meta.dirname, '..');
const workspace = resolve(source, '../../..');

/**
 * The server, and what prepares its databases, as programs that Node runs as they are: for the one server of a test
 * run, and for tests that kill processes. Beside dist/api, which somebody may be running. Returns the folder.
 */
export async function bundleForTests() {
  const outdir = join(workspace, 'dist/test/api-bundle');
  await build({
    entryPoints: [
      join(source, 'main.ts'),
      join(source, 'testing/test-server.ts'),
      join(source, 'testing/hold-server.ts'),
    ],
    outdir,
    entryNames: '[name]',
    bundle: true,
    splitting: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    logLevel: 'warning',
    alias: {
      '@closewatch/socket-states': join(workspace, 'libs/socket-states/src/index.ts'),
      '@closewatch/protocol': join(workspace, 'libs/protocol/src/index.ts'),
    },
    // esbuild does not write the types that decorators' metadata needs: see tools/build/bundle.ts.
    plugins: [
      {
        name: 'decorators',
        setup(esbuild) {
          esbuild.onLoad({ filter: /apps\/api\/src\/.*\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            if (!/^\s*@\w+\(/m.test(text)) return null;
            const { code } = await transform(text, {
              filename: path,
              sourceMaps: 'inline',
              jsc: {
                target: 'es2024',
                parser: { syntax: 'typescript', decorators: true },
                transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
                keepClassNames: true,
              },
              module: { type: 'es6' },
            });
            return { contents: code, loader: 'js' };
          });
        },
      },
    ],
  });
  return outdir;
}
