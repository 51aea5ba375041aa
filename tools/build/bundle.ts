import { transform } from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { cp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Bundles one Node app: `node tools/build/bundle.ts api|agent`. npm packages stay outside, the libs go in.
 * esbuild does not write `design:type` metadata, which Nest and TypeORM live on, so files with decorators pass swc first.
 */
const workspace = resolve(import.meta.dirname, '../..');
const app = process.argv[2];
if (app === undefined || !existsSync(join(workspace, 'apps', app, 'src/main.ts'))) {
  console.error(
    `bundle: name an app with a src/main.ts, for example "node tools/build/bundle.ts api" (got ${app ?? 'nothing'})`,
  );
  process.exit(2);
}

const decorators: Plugin = {
  name: 'decorators',
  setup(esbuild) {
    esbuild.onLoad({ filter: /apps\/api\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!/^\s*@\w+\(/m.test(source)) return null;
      const { code } = await transform(source, {
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
};

const { version } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as { version: string };
const outdir = join(workspace, 'dist', app);
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [join(workspace, 'apps', app, 'src/main.ts')],
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  sourcemap: true,
  keepNames: true,
  logLevel: 'warning',
  banner: { js: '#!/usr/bin/env node' },
  define: { CLOSEWATCH_VERSION: JSON.stringify(version) },
  alias: {
    '@closewatch/socket-states': join(workspace, 'libs/socket-states/src/index.ts'),
    '@closewatch/protocol': join(workspace, 'libs/protocol/src/index.ts'),
  },
  plugins: [decorators],
});
const assets = join(workspace, 'apps', app, 'assets');
if (existsSync(assets)) await cp(assets, join(outdir, 'assets'), { recursive: true });
