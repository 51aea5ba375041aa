import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const workspace = resolve(import.meta.dirname, '../..');

/** Who may import which lib, by tag. Arrows run apps → protocol → socket-states and never back. */
const LIBS_ALLOWED = {
  'type:domain': [],
  'type:protocol': ['socket-states'],
  'type:app': ['socket-states', 'protocol'],
};

/** What belongs to one scope only. */
const BANS = [
  {
    regex: '^(@nestjs/|typeorm$|typeorm/|pg$)',
    only: 'scope:api',
    message: 'The server framework and the database stay in apps/api.',
  },
  { regex: '^@angular/', only: 'scope:web', message: 'Angular stays in apps/web.' },
  { regex: '^koffi$', only: 'scope:agent', message: 'Reading the kernel stays in apps/agent.' },
];

/** ESLint configurations that hold each project to its tags in project.json (docs/adr/0002). */
export function moduleBoundaries() {
  const projects = globSync('{apps,libs}/*/project.json', { cwd: workspace }).map((file) => ({
    folder: dirname(file),
    ...JSON.parse(readFileSync(join(workspace, file), 'utf8')),
  }));
  const libs = projects.filter(({ folder }) => folder.startsWith('libs/')).map(({ name }) => name);
  return projects.map(({ folder, name, tags }) => {
    const allowed = tags.flatMap((tag) => LIBS_ALLOWED[tag] ?? []);
    const forbiddenLibs = libs.filter((lib) => lib !== name && !allowed.includes(lib));
    const patterns = [
      {
        regex: '(^|/)\\.\\./.*\\b(apps|libs|tools)/',
        message: 'Leave a project only by the name of a lib: @closewatch/...',
      },
      ...BANS.filter(({ only }) => !tags.includes(only)).map(({ regex, message }) => ({ regex, message })),
    ];
    if (forbiddenLibs.length > 0) {
      patterns.push({
        regex: `^@closewatch/(${forbiddenLibs.join('|')})$`,
        message: `${folder} (${tags.join(', ')}) may not depend on it: arrows run apps → protocol → socket-states.`,
      });
    }
    if (tags.includes('scope:agent')) {
      patterns.push({
        regex: '^(node:)?child_process$',
        message: 'The agent reads the kernel itself and spawns nothing.',
      });
    }
    if (tags.includes('type:domain')) {
      patterns.push({ regex: '^[^.]', message: 'The domain is pure: it imports nothing.' });
    }
    return {
      files: [`${folder}/src/**/*.ts`],
      // Tests may look at the world (start netstat, read a file); what ships may not.
      ignores: ['**/*.spec.ts', '**/testing/**'],
      rules: { 'no-restricted-imports': ['error', { patterns }] },
    };
  });
}
