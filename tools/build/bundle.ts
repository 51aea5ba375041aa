import { build } from 'esbuild';
import { copyFile, glob, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { NODE_BUNDLE } from './node-bundle.ts';

/**
 * Bundles one Node app into dist/APP: `node tools/build/bundle.ts api|agent`. A folder of the app with a main.ts of its own is
 * a program of its own: apps/api/src/backup/main.ts becomes dist/api/backup.js.
 */
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
const source = join(workspace, 'apps', app, 'src');
const programs: Record<string, string> = { main: join(source, 'main.ts') };
for await (const main of glob(join(source, '*/main.ts'))) programs[basename(dirname(main))] = main;
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: programs,
  outdir,
  ...NODE_BUNDLE,
  sourcemap: true,
  keepNames: true,
  banner: { js: '#!/usr/bin/env node' },
  define: { CLOSEWATCH_VERSION: JSON.stringify(version) },
});
for await (const page of glob(join(workspace, 'apps', app, '*.1'))) await copyFile(page, join(outdir, basename(page)));
