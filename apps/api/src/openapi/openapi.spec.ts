import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

interface Operation {
  readonly parameters: { name: string; in: string }[];
  readonly requestBody?: { content: Record<string, { schema: { properties?: Record<string, unknown> } }> };
  readonly responses: Record<string, Response>;
}

interface Response {
  /** Errors are told of once, by their names. */
  readonly $ref?: string;
  readonly content?: Record<string, { schema: Schema }>;
}
interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, unknown>;
}
interface Described {
  readonly components: {
    readonly schemas: Record<string, Schema>;
    readonly responses: Record<string, Response>;
  };
}

let database: TestDatabase;
let api: TestApi;
let components: Described['components'];
let paths: Record<string, Record<string, Operation>>;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  const { body } = await api.request<{ paths: typeof paths } & Described>('GET', '/api/docs-json');
  ({ paths } = body);
  ({ components } = body);
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

function operation(method: string, path: string): Operation {
  const found = paths[path]?.[method];
  if (found === undefined) throw new Error(`${method} ${path} is not described`);
  return found;
}

const json = 'application/json';

describe('the description of the interface', () => {
  it.each([
    ['post', '/api/v1/snapshots', ['200', '400', '401', '409', '413', '415', '426', '503']],
    ['get', '/api/v1/hosts', ['200', '400', '401']],
    ['get', '/api/v1/fleet', ['200', '400', '401']],
    ['get', '/api/v1/hosts/{id}', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/states', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/connections', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/connections/diff', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/connections/survival', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/connections/groups', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/leaks', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/connections/{socketId}', ['200', '400', '401', '404']],
    ['get', '/api/v1/connections', ['200', '400', '401']],
    ['get', '/api/v1/hosts/{id}/namespaces', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/processes', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/processes/history', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/orphans', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/ports', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/ports/history', ['200', '400', '401', '404']],
    ['get', '/api/v1/hosts/{id}/events', ['200', '400', '401', '404']],
    ['get', '/api/v1/incidents', ['200', '400', '401']],
    ['get', '/api/v1/incidents/{id}', ['200', '400', '401', '404']],
    ['post', '/api/v1/incidents/{id}/acknowledge', ['200', '400', '401', '403', '404', '409']],
    ['delete', '/api/v1/incidents/{id}/acknowledge', ['200', '400', '401', '403', '404', '409']],
    ['post', '/api/v1/incidents/{id}/resolve', ['200', '400', '401', '403', '404', '409']],
    ['put', '/api/v1/incidents/{id}/owner', ['200', '400', '401', '403', '404']],
    ['post', '/api/v1/incidents/{id}/notes', ['200', '400', '401', '403', '404', '413']],
    ['put', '/api/v1/incidents/{id}/review', ['200', '400', '401', '403', '404']],
    ['get', '/api/v1/annotations', ['200', '400', '401', '404']],
    ['post', '/api/v1/annotations', ['200', '400', '401', '403', '413', '415']],
    ['delete', '/api/v1/annotations/{id}', ['204', '400', '401', '403', '404']],
    ['post', '/api/v1/session', ['200', '400', '401', '429']],
    ['get', '/api/v1/session', ['200', '401']],
    ['delete', '/api/v1/session', ['204', '401']],
  ])('has %s %s with its answers, errors in their shape', (method, path, statuses) => {
    const { responses } = operation(method, path);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(statuses));
    for (const [status, response] of Object.entries(responses)) {
      if (status === '204') continue;
      const named = components.responses[response.$ref?.split('/').at(-1) ?? ''];
      const schema = (named ?? response).content?.[json]?.schema;
      const shared = components.schemas[schema?.$ref?.split('/').at(-1) ?? ''];
      const properties = Object.keys((shared ?? schema)?.properties ?? {});
      expect({ status, properties }).not.toEqual({ status, properties: [] });
      if (Number(status) >= 400) {
        expect(properties).toEqual(['statusCode', 'error', 'message', 'issues', 'requestId']);
      }
    }
  });

  it('has the parameters and bodies from their schemas', () => {
    const names = (path: string) =>
      operation('get', path)
        .parameters.map(({ name }) => name)
        .sort();
    expect(names('/api/v1/hosts/{id}/states')).toEqual(['format', 'from', 'id', 'netns', 'points', 'to']);
    expect(names('/api/v1/hosts/{id}/connections')).toEqual([
      ...['at', 'cursor', 'format', 'id', 'limit', 'netns', 'state'],
    ]);
    expect(names('/api/v1/hosts/{id}/namespaces')).toEqual(['cursor', 'format', 'id', 'limit', 'seenSince']);
    expect(names('/api/v1/hosts/{id}/processes')).toEqual(['at', 'format', 'id', 'netns']);
    expect(names('/api/v1/hosts/{id}/processes/history')).toEqual([
      'format',
      'from',
      'id',
      'netns',
      'pid',
      'points',
      'startedAt',
      'to',
      'top',
    ]);
    expect(names('/api/v1/hosts/{id}/ports/history')).toEqual([
      'format',
      'from',
      'id',
      'localAddress',
      'netns',
      'peerAddress',
      'peerPort',
      'points',
      'to',
      'top',
    ]);
    expect(names('/api/v1/hosts/{id}/orphans')).toEqual(['format', 'id', 'netns']);
    expect(names('/api/v1/hosts/{id}/ports')).toEqual(['at', 'format', 'id', 'netns']);
    expect(names('/api/v1/hosts/{id}/events')).toEqual(['cursor', 'format', 'id', 'limit']);
    const push = operation('post', '/api/v1/snapshots').requestBody?.content[json]?.schema.properties ?? {};
    expect(Object.keys(push)).toEqual(['protocol', 'agentId', 'runId', 'bootId', 'agent', 'snapshots']);
  });

  it('has every list and series as CSV too', () => {
    const types = (path: string) => Object.keys(operation('get', path).responses['200']?.content ?? {}).sort();
    const readByPeople = Object.keys(paths).filter((path) => /^\/api\/v1\/(hosts|connections|fleet)/.test(path));
    expect(readByPeople.length).toBeGreaterThanOrEqual(12);
    for (const path of readByPeople) {
      const single = ['/api/v1/hosts/{id}', '/api/v1/hosts/{id}/connections/{socketId}'].includes(path);
      const expected = single ? [json] : [json, 'text/csv'];
      expect({ path, types: types(path) }).toEqual({ path, types: expected });
    }
  });

  it('is shown at /api/docs without inline scripts', async () => {
    const { status, body } = await api.request<string>('GET', '/api/docs');
    expect(status).toBe(200);
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    for (const [, source] of body.matchAll(/<script src="\.\/(.*?)"/g)) {
      expect((await api.request('GET', `/api/${source}`)).status).toBe(200);
    }
  });
});
