import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

/** Lets Node run the sources as they are: it does not know the libs by their names. */
const libs = resolve(import.meta.dirname, '../../libs');

registerHooks({
  resolve(specifier, context, next) {
    const [, lib] = /^@closewatch\/([a-z-]+)$/.exec(specifier) ?? [];
    return next(lib === undefined ? specifier : pathToFileURL(join(libs, lib, 'src/index.ts')).href, context);
  },
});

await import('./main.ts');
