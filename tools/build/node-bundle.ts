import { transform } from '@swc/core';
import type { BuildOptions, Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const workspace = resolve(import.meta.dirname, '../..');

/** esbuild does not write `design:type` metadata, which Nest and TypeORM live on, so files with decorators pass swc first. */
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

/** How our programs for Node are bundled: npm packages stay outside, the libs go in. */
export const NODE_BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  packages: 'external',
  logLevel: 'warning',
  alias: {
    '@closewatch/socket-states': join(workspace, 'libs/socket-states/src/index.ts'),
    '@closewatch/protocol': join(workspace, 'libs/protocol/src/index.ts'),
    '@closewatch/messages': join(workspace, 'libs/messages/src/index.ts'),
  },
  plugins: [decorators],
} satisfies BuildOptions;
