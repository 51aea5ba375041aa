import { spawn } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Runs every project's tests, one after the other (they share two cores and the kernel's socket table), and ends with
 * one line `N passed, N failed, N skipped`, summed from what the runners report of their real runs.
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

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

function runTests(project: string): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn('nx', ['run', `${project}:test`, '--skip-nx-cache', '--output-style=stream'], {
      cwd: workspace,
      stdio: 'inherit',
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' },
    });
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 1));
  });
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const broken: string[] = [];
for (const project of wanted.length > 0 ? wanted : projects) {
  const exitCode = await runTests(project);
  const [report] = globSync(`${project}.json`, { cwd: reports });
  if (report === undefined) {
    broken.push(`${project}: the runner ended with code ${exitCode} and left no report`);
    total.failed++;
    continue;
  }
  const counts = JSON.parse(readFileSync(join(reports, report), 'utf8')) as Counts;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (exitCode !== 0 && counts.failed === 0) {
    broken.push(`${project}: every test passed, and yet the runner ended with code ${exitCode}`);
    total.failed++;
  }
}
for (const line of broken) console.error(`test: ${line}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
