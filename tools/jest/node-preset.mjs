import { basename, join, resolve } from 'node:path';

const workspace = resolve(import.meta.dirname, '../..');

/**
 * Jest for everything that runs under Node: ES modules, TypeScript through swc, the libs by their names.
 * Each run leaves its result in dist/test/NAME.json, from which `npm test` sums its closing line.
 */
export function nodePreset(projectRoot, overrides = {}) {
  return {
    rootDir: projectRoot,
    displayName: basename(projectRoot),
    testEnvironment: 'node',
    testMatch: ['<rootDir>/**/*.spec.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '\\.ts$': [
        '@swc/jest',
        {
          jsc: {
            target: 'es2024',
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
            keepClassNames: true,
          },
          module: { type: 'es6' },
        },
      ],
    },
    moduleNameMapper: {
      '^@closewatch/(socket-states|protocol|messages)$': join(workspace, 'libs/$1/src/index.ts'),
    },
    reporters: ['default', [join(import.meta.dirname, 'count-reporter.mjs'), { name: basename(projectRoot) }]],
    ...overrides,
  };
}
