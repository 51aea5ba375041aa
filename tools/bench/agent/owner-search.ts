import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NODE_BUNDLE } from '../../build/node-bundle.ts';
import { type LoadedNamespace } from './namespace.ts';

const WORKSPACE = resolve(import.meta.dirname, '../../..');

/** What apps/agent/src/testing/owner-search.ts says. */
export interface OwnerSearch {
  readonly sockets: number;
  readonly found: number;
  readonly cpuMs: number;
}

/** CPU of finding the owners of all CLOSE_WAIT sockets in the namespace, none of which the finder has seen before. */
export async function measureOwnerSearch(namespace: LoadedNamespace): Promise<OwnerSearch> {
  // Beside the product's own bundles: npm packages are resolved from there.
  const folder = mkdtempSync(join(WORKSPACE, 'dist/owner-search-'));
  try {
    const outfile = join(folder, 'owner-search.mjs');
    await build({ entryPoints: [join(WORKSPACE, 'apps/agent/src/testing/owner-search.ts')], outfile, ...NODE_BUNDLE });
    return JSON.parse(namespace.run(process.execPath, outfile)) as OwnerSearch;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
