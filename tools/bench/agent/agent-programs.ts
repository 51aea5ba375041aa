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
  return JSON.parse(await runProgram(namespace, 'owner-search')) as OwnerSearch;
}

/** What apps/agent/src/testing/steady-sample.ts says. */
export interface SteadySample {
  readonly closeWait: number;
  readonly cpuMs: number;
}

/** CPU of one sample with every leak tracked, over `samples` one after the other. */
export async function measureSteadySample(namespace: LoadedNamespace, samples: number): Promise<SteadySample> {
  return JSON.parse(await runProgram(namespace, 'steady-sample', String(samples))) as SteadySample;
}

/** Bundles a program of apps/agent/src/testing and runs it in the namespace; returns what it wrote. */
async function runProgram(namespace: LoadedNamespace, name: string, ...words: string[]): Promise<string> {
  // Beside the product's own bundles: npm packages are resolved from there.
  const folder = mkdtempSync(join(WORKSPACE, 'dist/bench-program-'));
  try {
    const outfile = join(folder, `${name}.mjs`);
    await build({
      entryPoints: [join(WORKSPACE, `apps/agent/src/testing/${name}.ts`)],
      outfile,
      ...NODE_BUNDLE,
      define: { CLOSEWATCH_VERSION: '"bench"' },
    });
    return namespace.run(process.execPath, outfile, ...words);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
