import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Runs every project's tests, one after the other (they share two cores and the kernel's socket table), and ends with
 * one line `N passed, N failed, N skipped`, summed from what the runners report of their real runs. The API is tried twice: on
 * the embedded PostgreSQL 18, and on 15, the oldest that it supports, where Debian's server is installed.
 * Arguments are names of projects; none means all. Exits 1 when a test failed or a runner left no report.
 */
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const workspace = resolve(import.meta.dirname, '../..');
const reports = join(workspace, 'dist/test');

const projects = globSync('{libs,apps}/*/project.json', { cwd: workspace })
  .concat('tools/project.json')
  .map((file) => JSON.parse(readFileSync(join(workspace, file), 'utf8')) as { name: string; targets: object })
  .filter(({ targets }) => 'test' in targets)
  .map(({ name }) => name)
  // The whole product last: what a part can tell by itself is told sooner and plainer.
  .sort((a, b) => Number(a === 'e2e') - Number(b === 'e2e') || a.localeCompare(b));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !projects.includes(name));
if (unknown.length > 0) {
  console.error(`test: no project ${unknown.join(', ')}; there are ${projects.join(', ')}`);
  process.exit(2);
}

/** A run of a project's tests, and the report that it leaves. */
interface Run {
  readonly project: string;
  readonly title: string;
  readonly report: string;
  readonly environment: Record<string, string>;
}

const OLDEST = 15;
const DEBIANS = `/usr/lib/postgresql/${OLDEST}`;

function runsOf(project: string): Run[] {
  const usual: Run = { project, title: project, report: project, environment: {} };
  if (project !== 'api') return [usual];
  const report = `api-postgresql-${OLDEST}`;
  return [
    usual,
    { project, title: `api (PostgreSQL ${OLDEST})`, report, environment: { CLOSEWATCH_TEST_POSTGRES: DEBIANS } },
  ];
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

function runTests({ project, environment }: Run): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn('nx', ['run', `${project}:test`, '--skip-nx-cache', '--output-style=stream'], {
      cwd: workspace,
      stdio: 'inherit',
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', ...environment },
    });
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 1));
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];
for (const run of (wanted.length > 0 ? wanted : projects).flatMap(runsOf)) {
  const { title } = run;
  const installation = run.environment['CLOSEWATCH_TEST_POSTGRES'];
  if (installation !== undefined && !existsSync(join(installation, 'bin/postgres'))) {
    notes.push(`${title}: skipped, ${installation} is not installed (Debian: postgresql-${OLDEST})`);
    total.skipped++;
    continue;
  }
  const exitCode = await runTests(run);
  const [report] = globSync(`${run.report}.json`, { cwd: reports });
  if (report === undefined) {
    notes.push(`${title}: the runner ended with code ${exitCode} and left no report`);
    total.failed++;
    continue;
  }
  const counts = JSON.parse(readFileSync(join(reports, report), 'utf8')) as Counts;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (title !== run.project)
    notes.push(`${title}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (exitCode !== 0 && counts.failed === 0) {
    notes.push(`${title}: every test passed, and yet the runner ended with code ${exitCode}`);
    total.failed++;
  }
}
for (const line of notes) console.error(`test: ${line}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
