import js from '@eslint/js';
import angular from '@angular-eslint/eslint-plugin';
import angularTemplate from '@angular-eslint/eslint-plugin-template';
import * as angularTemplateParser from '@angular-eslint/template-parser';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { moduleBoundaries } from './tools/lint/boundaries.mjs';

const on = (prefix, names) => Object.fromEntries(names.map((name) => [`${prefix}/${name}`, 'error']));

/** Angular as its own style guide has it. The presets live in a package that wants the Angular CLI; these are theirs. */
const angularRules = on('@angular-eslint', [
  'computed-must-return',
  'contextual-lifecycle',
  'no-empty-lifecycle-method',
  'no-input-rename',
  'no-inputs-metadata-property',
  'no-output-native',
  'no-output-on-prefix',
  'no-output-rename',
  'no-outputs-metadata-property',
  'no-uncalled-signals',
  'no-forward-ref',
  'pipe-prefix',
  'prefer-inject',
  'prefer-output-emitter-ref',
  'prefer-output-readonly',
  'prefer-signals',
  'prefer-standalone',
  'relative-url-prefix',
  'use-lifecycle-interface',
  'use-pipe-transform-interface',
]);
const angularTemplateRules = on('@angular-eslint/template', [
  'alt-text',
  'banana-in-box',
  'button-has-type',
  'click-events-have-key-events',
  'elements-content',
  'eqeqeq',
  'interactive-supports-focus',
  'label-has-associated-control',
  'mouse-events-have-key-events',
  'no-autofocus',
  'no-distracting-elements',
  'no-duplicate-attributes',
  'no-negated-async',
  'no-positive-tabindex',
  'prefer-control-flow',
  'role-has-required-aria',
  'table-scope',
  'valid-aria',
]);

const strictTypes = tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] }));

export default defineConfig(
  globalIgnores(['dist/', '.nx/', '.angular/', '.data/', '**/fixtures/', 'test-results/', 'playwright-report/']),
  js.configs.recommended,
  ...strictTypes,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    // The one place of each app that reads the environment; everybody else is handed what they need.
    files: ['apps/{agent,api,web}/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['apps/agent/src/environment.ts', 'apps/api/src/config/*.ts', '**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only environment.ts (agent) and config/ (api) read the environment.',
        },
      ],
    },
  },
  {
    // Nest resolves parameters by their runtime classes, which a type-only import would erase.
    files: ['apps/api/src/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['apps/web/src/**/*.ts'],
    plugins: { '@angular-eslint': angular },
    processor: angularTemplate.processors['extract-inline-html'],
    rules: angularRules,
  },
  {
    files: ['apps/web/src/**/*.html'],
    plugins: { '@angular-eslint/template': angularTemplate },
    languageOptions: { parser: angularTemplateParser },
    rules: angularTemplateRules,
  },
  {
    files: ['**/*.mjs', 'tools/**/*.ts'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  ...moduleBoundaries(),
);
