import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Holds the built app to its budget: what index.html loads, and what a page adds to it before it shows anything, as a
 * browser gets it (gzip). Fails with a list when JavaScript passes 250 kB.
 */
const BUDGET_BYTES = 250_000;
const folder = resolve(import.meta.dirname, '../../dist/web/browser');
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const entries = [...html.matchAll(/(?:src|href)="([\w.-]+\.js)"/g)].map(([, file]) => file);

/** A file and all that it imports statically. */
function withImports(files, seen = new Set()) {
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(join(folder, file), 'utf8');
    withImports(
      [...source.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)].map(([, name]) => name),
      seen,
    );
  }
  return seen;
}

function chunkNamed(name) {
  const pattern = new RegExp(`["'\`]\\./(${name}-[\\w-]+\\.js)["'\`]`);
  for (const file of withImports(entries)) {
    const found = pattern.exec(readFileSync(join(folder, file), 'utf8'));
    if (found) return found[1];
  }
  throw new Error(`initial-size: no chunk "${name}" in ${folder}; was a page renamed?`);
}

let failed = false;
for (const [what, pages] of [
  ['initial', []],
  ['fleet', ['shell', 'fleet', 'en']],
  ['host', ['shell', 'host', 'zh-Hans']],
  ['incidents', ['shell', 'incidents', 'zh-Hans']],
  ['incident', ['shell', 'incident', 'zh-Hans']],
]) {
  const files = [...withImports([...entries, ...pages.map(chunkNamed)])];
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  console.log(`${what}: ${(bytes / 1_000).toFixed(1)} kB gzip of JavaScript in ${files.length} files`);
  if (bytes > BUDGET_BYTES) {
    failed = true;
    console.error(`${what} is over its budget of ${BUDGET_BYTES / 1_000} kB:\n  ${files.join('\n  ')}`);
  }
}
process.exit(failed ? 1 : 0);
