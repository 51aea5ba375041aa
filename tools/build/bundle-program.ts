import { build } from 'esbuild';
import { NODE_BUNDLE } from './node-bundle.ts';

/** Bundles one program, for tests that start it as it is now: `node tools/build/bundle-program.ts ENTRY OUTFILE`. */
const [entry, outfile] = process.argv.slice(2);
if (entry === undefined || outfile === undefined) {
  console.error('bundle-program: name the program and the file to write it to');
  process.exit(2);
}
await build({ ...NODE_BUNDLE, entryPoints: [entry], outfile, define: { CLOSEWATCH_VERSION: '"1.2.3"' } });
