import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError, type Environment, readConfiguration } from './configuration.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function faults(environment: Environment): readonly string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('readConfiguration', () => {
  it('has a default for everything', () => {
    expect(readConfiguration({})).toMatchObject({
      port: 8640,
      host: '127.0.0.1',
      databaseUrl: undefined,
      dataFolder: resolve('.data'),
      localAgent: true,
      demonstration: false,
      adminUser: 'admin',
      adminPassword: undefined,
      agentToken: undefined,
      scriptToken: undefined,
      rulesFile: undefined,
      openMetrics: false,
      publicUrl: undefined,
    });
  });

  it('takes an empty variable for unset', () => {
    expect(readConfiguration({ PORT: '', DATABASE_URL: '', CLOSEWATCH_TOKEN_FILE: '' }).port).toBe(8640);
  });

  it('reads secrets from files, without the line end', () => {
    const configuration = readConfiguration({
      CLOSEWATCH_ADMIN_PASSWORD_FILE: file('password', 'correct horse\n'),
      CLOSEWATCH_TOKEN_FILE: file('token', '0123456789abcdef\n'),
      DATABASE_URL_FILE: file('url', 'postgres://a:b@db/closewatch\n'),
    });
    expect(configuration).toMatchObject({
      adminPassword: 'correct horse',
      agentToken: '0123456789abcdef',
      databaseUrl: 'postgres://a:b@db/closewatch',
    });
  });

  it('passes the environment on to the agent, but no secret', () => {
    const { agentEnvironment } = readConfiguration({
      PATH: '/usr/bin',
      CLOSEWATCH_INTERVAL: '2s',
      CLOSEWATCH_HOSTNAME: 'db-1',
      CLOSEWATCH_ADMIN_PASSWORD: 'correct horse',
      CLOSEWATCH_TOKEN_FILE: file('token2', '0123456789abcdef'),
      CLOSEWATCH_SCRIPT_TOKEN: 'fedcba9876543210',
      DATABASE_URL: 'postgres://db/closewatch',
    });
    expect(agentEnvironment).toEqual({ PATH: '/usr/bin', CLOSEWATCH_INTERVAL: '2s', CLOSEWATCH_HOSTNAME: 'db-1' });
  });

  it.each<[string, Environment]>([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '80a' }],
    ['HOST', { HOST: 'example.com' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://db' }],
    ['CLOSEWATCH_LOCAL_AGENT', { CLOSEWATCH_LOCAL_AGENT: 'yes' }],
    ['CLOSEWATCH_ADMIN_PASSWORD', { CLOSEWATCH_ADMIN_PASSWORD: 'short' }],
    ['CLOSEWATCH_TOKEN', { CLOSEWATCH_TOKEN: 'too short' }],
    ['CLOSEWATCH_SCRIPT_TOKEN', { CLOSEWATCH_SCRIPT_TOKEN: 'too short' }],
    ['CLOSEWATCH_SCRIPT_TOKEN', { CLOSEWATCH_SCRIPT_TOKEN: '0123456789abcdef', CLOSEWATCH_TOKEN: '0123456789abcdef' }],
    ['CLOSEWATCH_METRICS', { CLOSEWATCH_METRICS: 'yes' }],
    ['CLOSEWATCH_INTERVAL', { CLOSEWATCH_INTERVAL: '5' }],
    ['CLOSEWATCH_INTERVAL', { CLOSEWATCH_INTERVAL: '500ms' }],
    ['CLOSEWATCH_INTERVAL', { CLOSEWATCH_INTERVAL: '6m' }],
    ['CLOSEWATCH_INTERVAL', { CLOSEWATCH_INTERVAL: '1.5s' }],
    ['CLOSEWATCH_INTERVAL', { CLOSEWATCH_INTERVAL: '0000000005s' }],
    ['CLOSEWATCH_HOSTNAME', { CLOSEWATCH_HOSTNAME: 'web 1' }],
    ['CLOSEWATCH_HOSTNAME', { CLOSEWATCH_HOSTNAME: 'web\u{7f}1' }],
    ['CLOSEWATCH_HOSTNAME', { CLOSEWATCH_HOSTNAME: 'x'.repeat(254) }],
    ['CLOSEWATCH_PUBLIC_URL', { CLOSEWATCH_PUBLIC_URL: 'closewatch.example.com' }],
    ['CLOSEWATCH_PUBLIC_URL', { CLOSEWATCH_PUBLIC_URL: 'https://example.com/closewatch' }],
    ['CLOSEWATCH_TOKEN_FILE', { CLOSEWATCH_TOKEN_FILE: '/nowhere/token' }],
    ['CLOSEWATCH_TOKEN', { CLOSEWATCH_TOKEN: '0123456789abcdef', CLOSEWATCH_TOKEN_FILE: '/nowhere/token' }],
  ])('names %s in the fault of %j', (name, environment) => {
    expect(faults(environment)).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });

  // The rule of apps/agent/src/environment.ts.
  it.each(['1s', '5m', '1000ms', '300s', '300000ms', '000000005s'])('takes %s for an interval', (interval) => {
    expect(faults({ CLOSEWATCH_INTERVAL: interval })).toEqual([]);
  });

  it.each(['db-1.example.com', '数据库', 'x'.repeat(253)])('takes %s for a host name', (name) => {
    expect(faults({ CLOSEWATCH_HOSTNAME: name })).toEqual([]);
  });

  it('lists all faults at once and no secret', () => {
    const found = faults({ PORT: 'x', HOST: 'y', CLOSEWATCH_TOKEN: 'hush hush', CLOSEWATCH_LOCAL_AGENT: 'z' });
    expect(found).toHaveLength(4);
    expect(found.join('\n')).not.toContain('hush');
  });
});
