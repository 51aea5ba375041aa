import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stayInProject } from './stay-in-project.mjs';

const workspace = resolve(import.meta.dirname, '../..');

/** Who may import which lib, by tag. Arrows run apps → protocol → socket-states and never back. */
const LIBS_ALLOWED = {
  'type:domain': [],
  'type:words': [],
  'type:protocol': ['socket-states'],
  'type:app': ['socket-states', 'protocol', 'messages'],
};

/** What belongs to one scope only. */
const BANS = [
  {
    regex: '^(@nestjs/|@fastify/|fastify$|typeorm$|typeorm/|pg$)',
    only: 'scope:api',
    message: 'The server framework and the database stay in apps/api.',
  },
  { regex: '^@angular/', only: 'scope:web', message: 'Angular stays in apps/web.' },
  { regex: '^koffi$', only: 'scope:agent', message: 'Reading the kernel stays in apps/agent.' },
];

/** What holds for what ships, but not for tests: these may look at the world (start netstat, read a file). */
const BANS_WHERE_IT_SHIPS = {
  'type:domain': [{ regex: '^[^.]', message: 'The domain is pure: it imports nothing.' }],
  'type:words': [{ regex: '^[^.]', message: 'Words import nothing.' }],
  'type:protocol': [
    { regex: '^(?!\\.|zod$|@closewatch/)', message: 'The wire is zod and the domain, and runs in browsers too.' },
  ],
  'scope:agent': [
    { regex: '^(node:)?child_process$', message: 'The agent reads the kernel itself and spawns nothing.' },
  ],
};

/** `process.env` under another name (eslint.config.mjs says where it may be read). */
const HIDDEN_ENVIRONMENT = {
  regex: '^(node:)?process$',
  importNames: ['env'],
  message: 'Read process.env, and only where the environment is read.',
};

/** The rules for one set of patterns. no-restricted-imports does not look at import('...'), neither code nor type. */
const restricted = (patterns) => ({
  'no-restricted-imports': ['error', { patterns }],
  'no-restricted-syntax': [
    'error',
    ...patterns
      .filter(({ importNames }) => importNames === undefined)
      .map(({ regex, message }) => ({
        selector: `:matches(ImportExpression, TSImportType) Literal[value=/${regex.replaceAll('/', '\\/')}/]`,
        message,
      })),
  ],
});

/** ESLint configurations that hold each project to its tags in project.json (docs/adr/0002). */
export function moduleBoundaries() {
  const projects = globSync('{apps,libs}/*/project.json', { cwd: workspace }).map((file) => ({
    folder: dirname(file),
    ...JSON.parse(readFileSync(join(workspace, file), 'utf8')),
  }));
  return projects.flatMap(({ folder, tags }) => {
    const allowed = tags.flatMap((tag) => LIBS_ALLOWED[tag] ?? []);
    const always = [
      {
        regex: `^@closewatch/(?!(${allowed.join('|')})$)`,
        message: `${folder} (${tags.join(', ')}) may not depend on it: arrows run apps → protocol → socket-states.`,
      },
      ...BANS.filter(({ only }) => !tags.includes(only)).map(({ regex, message }) => ({ regex, message })),
    ];
    const whereItShips = tags.flatMap((tag) => BANS_WHERE_IT_SHIPS[tag] ?? []);
    return [
      {
        files: [`${folder}/src/**/*.ts`],
        plugins: { boundaries: { rules: { 'stay-in-project': stayInProject } } },
        rules: {
          'boundaries/stay-in-project': ['error', { project: join(workspace, folder) }],
          ...restricted([...always, ...whereItShips, HIDDEN_ENVIRONMENT]),
        },
      },
      { files: [`${folder}/src/**/*.spec.ts`, `${folder}/src/**/testing/**/*.ts`], rules: restricted(always) },
    ];
  });
}
