/** Started by apart.ts, in namespaces of its own: runs the benchmark and writes its result as apart.ts reads it. */
import { serialize } from 'node:v8';
import { runExhibitions } from './run-exhibitions.ts';

const result = await runExhibitions(process.argv.slice(2), { isApart: true });
// A figure may be infinite, which JSON has no word for.
process.stdout.write(serialize(result).toString('base64'));
