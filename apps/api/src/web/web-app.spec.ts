import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '../testing/raw-request.ts';
import { errorOf, TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const PAGE = '<!doctype html><title>Closewatch</title>';
let folder: string;
let web: string;
let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-web-'));
  web = join(folder, 'browser');
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url, webFolder: web });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

/** As the build writes them: upper case for entries, base64url for chunks. */
const HASHED_NAMES = ['main-5KDVKX3Q.js', 'chunk-jq0530h6.js', 'host-charts-BgHkAC-y.js', 'chunk-MTpqb4R_.js'];

describe('before the web app is built', () => {
  it('every page says what to run', async () => {
    const { status, headers, body } = await api.request<string>('GET', '/fleet');
    expect(status).toBe(503);
    expect(headers.get('content-type')).toContain('text/html');
    expect(body).toContain('npm run build');
  });
});

describe('the web app', () => {
  beforeAll(async () => {
    await mkdir(join(web, 'i18n'), { recursive: true });
    await writeFile(join(web, 'index.html'), PAGE);
    for (const name of HASHED_NAMES) await writeFile(join(web, name), 'export {};');
    await writeFile(join(web, 'i18n/en.json'), '{}');
    await writeFile(join(web, '.hidden'), 'hidden');
    await writeFile(join(folder, 'secret.txt'), 'secret');
  });

  it.each(['/', '/fleet', '/hosts/9aea92db-9030-4be5-a3e6-3b140e22073e', '/sign-in?code=x'])(
    'answers %s with its page, never from a cache, under a policy without inline scripts',
    async (path) => {
      const { status, headers, body } = await api.request('GET', path);
      expect({ status, body }).toEqual({ status: 200, body: PAGE });
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('content-security-policy')).toContain("script-src 'self';");
    },
  );

  it.each(HASHED_NAMES)('has %s cached for good, for its name holds the hash of its content', async (name) => {
    const hashed = await api.request('GET', `/${name}`);
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers.get('content-type')).toContain('javascript');
  });

  it('has files without a hash asked for anew', async () => {
    const plain = await api.request('GET', '/i18n/en.json');
    expect(plain.headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['/missing.js', '/api', '/api/v1/unknown', '/health/unknown', '/.hidden'])(
    'does not answer %s with a page',
    async (path) => {
      expect(errorOf(await api.request('GET', path)).statusCode).toBe(404);
    },
  );

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/i18n/../../secret.txt',
    '/%2e%2e%2fsecret.txt',
    '//secret.txt',
    '/\\..\\secret.txt',
  ])('gives away nothing above its folder: %s', async (path) => {
    // A URL object would resolve the dots: the path is sent as it stands.
    const { hostname, port } = new URL(api.url);
    const { body } = await rawRequest({ hostname, port, path });
    expect(body).not.toContain('secret\n');
    expect(body).not.toBe('secret');
  });
});
