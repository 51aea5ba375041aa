import { beforeAll, describe, expect, it } from '@jest/globals';
import { ESLint, type Linter } from 'eslint';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import tseslint from 'typescript-eslint';

const workspace = resolve(import.meta.dirname, '../..');

/** The rules that keep the rooms of the house apart; what else the texts below do wrong is no matter here. */
const BOUNDARIES = new Set([
  'no-restricted-imports',
  'no-restricted-properties',
  'no-restricted-syntax',
  'boundaries/stay-in-project',
]);

let eslint: ESLint;

beforeAll(async () => {
  const url = pathToFileURL(join(workspace, 'eslint.config.mjs')).href;
  const { default: config } = (await import(url)) as { default: Linter.Config[] };
  eslint = new ESLint({
    cwd: workspace,
    overrideConfigFile: true,
    ruleFilter: ({ ruleId }) => BOUNDARIES.has(ruleId),
    // Types need files on disk; these texts are none.
    overrideConfig: [...config, { files: ['**/*.ts'], ...(tseslint.configs.disableTypeChecked as Linter.Config) }],
  });
});

/** What the lint says about a text that stood at `path`, the faults included that kept it from looking. */
async function complaints(path: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(workspace, path) });
  return (result?.messages ?? []).map(({ message }) => message);
}

const imported = (source: string): string[] => [
  `import * as it from '${source}';\nvoid it;\n`,
  `export * from '${source}';\n`,
  `export const it = await import('${source}');\n`,
  `export type It = import('${source}').It;\n`,
];

describe('the lint forbids', () => {
  it.each([
    // the domain imports nothing
    ['libs/socket-states/src/tcp-state.ts', 'zod', 'The domain is pure'],
    ['libs/socket-states/src/tcp-state.ts', 'node:fs', 'The domain is pure'],
    ['libs/socket-states/src/tcp-state.ts', '@closewatch/protocol', 'may not depend on it'],
    // words import nothing
    ['libs/messages/src/phrase.ts', '@closewatch/socket-states', 'may not depend on it'],
    ['libs/messages/src/phrase.ts', 'zod', 'Words import nothing'],
    // the wire imports zod and the domain
    ['libs/protocol/src/push.ts', '@closewatch/api', 'may not depend on it'],
    ['libs/protocol/src/push.ts', '../../../apps/api/src/main.ts', 'leaves the project'],
    ['libs/protocol/src/push.ts', '@nestjs/common', 'The server framework'],
    ['libs/protocol/src/push.ts', '@angular/core', 'Angular stays'],
    ['libs/protocol/src/push.ts', 'rxjs', 'The wire is zod'],
    ['libs/protocol/src/push.ts', 'node:crypto', 'The wire is zod'],
    ['libs/protocol/src/deep/push.ts', '@closewatch/socket-states/src/tcp-state.ts', 'may not depend on it'],
    // the agent reads the kernel itself
    ['apps/agent/src/sockets/netlink.ts', 'child_process', 'spawns nothing'],
    ['apps/agent/src/sockets/netlink.ts', 'node:child_process', 'spawns nothing'],
    ['apps/agent/src/main.ts', '@nestjs/core', 'The server framework'],
    ['apps/agent/src/main.ts', 'typeorm', 'The server framework'],
    ['apps/agent/src/main.ts', '@closewatch/api', 'may not depend on it'],
    // each app keeps its framework
    ['apps/api/src/app.module.ts', '@angular/core', 'Angular stays'],
    ['apps/api/src/app.module.ts', '@angular/common/http', 'Angular stays'],
    ['apps/api/src/app.module.ts', 'koffi', 'Reading the kernel'],
    ['apps/web/src/app/fleet/fleet.ts', 'typeorm', 'The server framework'],
    ['apps/web/src/app/fleet/fleet.ts', 'typeorm/driver/postgres', 'The server framework'],
    ['apps/web/src/app/fleet/fleet.ts', 'pg', 'The server framework'],
    ['apps/web/src/app/fleet/fleet.ts', 'fastify', 'The server framework'],
    // nobody climbs over the fence, however deep in the garden
    ['apps/api/src/main.ts', '../../agent/src/main.ts', 'leaves the project'],
    ['apps/api/src/hosts/hosts.service.ts', '../../../agent/src/main.ts', 'leaves the project'],
    ['apps/api/src/hosts/hosts.service.ts', '../../../../libs/protocol/src/push.ts', 'leaves the project'],
    ['apps/agent/src/main.ts', './sockets/../../../api/src/main.ts', 'leaves the project'],
    ['apps/web/src/app/fleet/fleet.ts', '../../../../../libs/protocol/src/index.ts', 'leaves the project'],
    ['libs/protocol/src/push.ts', '../../socket-states/src/index.ts', 'leaves the project'],
    ['apps/agent/src/main.ts', '../../../tools/leak-lab/registry.ts', 'leaves the project'],
    ['apps/agent/src/main.ts', '/etc/closewatch.ts', 'leaves the project'],
    // tests neither
    ['apps/api/src/hosts/hosts.spec.ts', '../../../agent/src/main.ts', 'leaves the project'],
    ['apps/agent/src/testing/server.ts', '@nestjs/core', 'The server framework'],
    ['libs/protocol/src/push.spec.ts', '@closewatch/api', 'may not depend on it'],
  ])('%s to import %s, in any way', async (path, source, message) => {
    for (const text of imported(source)) {
      // A ban of one package may be told twice: once for the package, once for the kind of project.
      expect([text, await complaints(path, text)]).toEqual([
        text,
        expect.arrayContaining([expect.stringContaining(message)]),
      ]);
    }
  });

  it.each(['apps/agent/src/main.ts', 'apps/api/src/hosts/hosts.service.ts', 'apps/web/src/app/fleet/fleet.ts'])(
    '%s to read the environment',
    async (path) => {
      const ways = [
        'export const home = process.env.HOME;\n',
        "export const home = process['env'].HOME;\n",
        'export const { env } = process;\n',
        "import { env } from 'node:process';\nexport const home = env.HOME;\n",
      ];
      for (const text of ways) {
        expect([text, await complaints(path, text)]).toEqual([text, [expect.stringContaining('environment')]]);
      }
    },
  );
});

describe('the lint allows', () => {
  it.each([
    ['libs/socket-states/src/five-tuple.ts', './ip-address.ts'],
    ['libs/socket-states/src/ip-address.spec.ts', 'fast-check'],
    ['libs/socket-states/src/state-counts.spec.ts', 'node:child_process'],
    ['libs/protocol/src/push.ts', 'zod'],
    ['libs/protocol/src/push.ts', '@closewatch/socket-states'],
    ['apps/agent/src/sockets/netlink.ts', 'koffi'],
    ['apps/agent/src/sockets/netlink.ts', '../environment.ts'],
    ['apps/agent/src/sockets/netlink.ts', '@closewatch/protocol'],
    ['apps/agent/src/sockets/netstat.spec.ts', 'node:child_process'],
    ['apps/api/src/main.ts', '@nestjs/core'],
    ['apps/api/src/main.ts', 'typeorm'],
    ['apps/api/src/database/server.ts', 'node:child_process'],
    ['apps/api/src/hosts/hosts.service.ts', '../database/data-source.ts'],
    ['apps/api/src/tools/libs/apps.ts', '../../hosts/tools/libs/apps/hosts.ts'],
    ['apps/web/src/app/fleet/fleet.ts', '@angular/core'],
    ['apps/web/src/app/fleet/fleet.ts', '../live/live.ts'],
    ['apps/web/src/app/fleet/fleet.ts', '@closewatch/socket-states'],
  ])('%s to import %s', async (path, source) => {
    for (const text of imported(source)) {
      expect([text, await complaints(path, text)]).toEqual([text, []]);
    }
  });

  it.each(['apps/agent/src/environment.ts', 'apps/api/src/config/environment.ts', 'apps/agent/src/main.spec.ts'])(
    '%s to read the environment',
    async (path) => {
      expect(await complaints(path, 'export const home = process.env.HOME;\n')).toEqual([]);
    },
  );
});
