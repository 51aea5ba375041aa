import { build } from 'esbuild';
import { copyFile, glob, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { NODE_BUNDLE } from './node-bundle.ts';

/** Bundles one Node app into dist/APP: `node tools/build/bundle.ts api|agent`. */
const workspace = resolve(import.meta.dirname, '../..');
const app = process.argv[2];
if (app === undefined || !existsSync(join(workspace, 'apps', app, 'src/main.ts'))) {
  console.error(
    `bundle: name an app with a src/main.ts, for example "node tools/build/bundle.ts api" (got ${app ?? 'nothing'})`,
  );
  process.exit(2);
}

const { version } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as { version: string };
const outdir = join(workspace, 'dist', app);
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [join(workspace, 'apps', app, 'src/main.ts')],
  outdir,
  ...NODE_BUNDLE,
  sourcemap: true,
  keepNames: true,
  banner: { js: '#!/usr/bin/env node' },
  define: { CLOSEWATCH_VERSION: JSON.stringify(version) },
});
for await (const page of glob(join(workspace, 'apps', app, '*.1'))) await copyFile(page, join(outdir, basename(page)));
