import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');
const ALERTS = join(DOCS, 'prometheus/closewatch-alerts.yaml');
const promtool = spawnSync('promtool', ['--version']).status === 0;
const OURS = /\b(?:closewatch|node|nodejs|process)_[a-z0-9_]+/g;

interface Dashboard {
  readonly panels: { readonly id: number; readonly targets?: { readonly expr: string }[] }[];
  readonly templating: { readonly list: { readonly query: string | { readonly query: string } }[] };
}

let database: TestDatabase;
let api: TestApi;
/** Names of all metrics that are told. */
let told: Set<string>;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, environment: { CLOSEWATCH_METRICS: 'open' } });
  const { body } = await api.request<string>('GET', '/metrics');
  told = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''));
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const dashboard = () => JSON.parse(readFileSync(join(DOCS, 'grafana/closewatch.json'), 'utf8')) as Dashboard;

/** What the dashboard asks for, with what Grafana puts in for its variables. */
function expressions(): string[] {
  return dashboard().panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll(/\$(?:host|job)/g, '.*')),
  );
}

function unknownIn(text: string): string[] {
  return [...new Set(text.match(OURS))].filter((name) => !told.has(name));
}

describe('the dashboard', () => {
  it('asks for nothing that is not told', () => {
    const { list } = dashboard().templating;
    const variables = list.map(({ query }) => (typeof query === 'string' ? query : query.query));
    expect(expressions().length).toBeGreaterThan(15);
    expect(unknownIn([...expressions(), ...variables].join('\n'))).toEqual([]);
  });

  it('would show that something is asked for that is not told', () => {
    expect(unknownIn('rate(closewatch_pushes[5m]) + closewatch_host_up')).toEqual(['closewatch_pushes']);
  });

  it('has panels of different ids', () => {
    const ids = dashboard().panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  // Debian's package prometheus has it.
  (promtool ? it : it.skip)('asks in a language that Prometheus knows', () => {
    const rules = expressions().map((expr, index) => ({ record: `panel_${index}`, expr }));
    const folder = mkdtempSync(join(tmpdir(), 'closewatch-dashboard-'));
    try {
      const file = join(folder, 'rules.yaml');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the alerts', () => {
  it('ask for nothing that is not told', () => {
    expect(unknownIn(readFileSync(ALERTS, 'utf8'))).toEqual([]);
  });

  (promtool ? it : it.skip)('are rules that Prometheus takes', () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('docs/metrics.md', () => {
  const page = readFileSync(join(DOCS, 'metrics.md'), 'utf8');

  it('names every metric of ours', () => {
    const ours = [...told].filter((name) => /^(?:closewatch|node)_/.test(name));
    expect(ours.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('names none that is not told', () => {
    const named = [...page.matchAll(/`((?:closewatch|node)_[a-z_]+)`/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !told.has(name))).toEqual([]);
  });
});
