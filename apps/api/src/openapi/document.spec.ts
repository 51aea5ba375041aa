import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { committedFile } from '../testing/committed-file.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
interface Media {
  readonly schema?: object;
  readonly example?: unknown;
}

let database: TestDatabase;
let api: TestApi;
let text: string;
let document: OpenAPIObject;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  const { body } = await api.request<OpenAPIObject>('GET', '/api/docs-json');
  document = body;
  text = `${JSON.stringify(body, null, 2)}\n`;
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

/** Every operation below /api/v1 by its name, `GET /api/v1/hosts`. */
function operations(): [name: string, operation: Operation][] {
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/v1'))
    .flatMap(([path, item]) =>
      (['get', 'put', 'post', 'delete'] as const).flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [[`${method.toUpperCase()} ${path}`, operation] as [string, Operation]];
      }),
    );
}

/** What an example has against its schema; an example must be there. */
function faultOf(name: string, { schema, example }: Media): string[] {
  if (example === undefined) return [`${name} has no example`];
  if (schema === undefined) return [`${name} has no schema`];
  const parsed = schemaOf(schema).safeParse(example);
  return parsed.success ? [] : [`${name}: ${z.prettifyError(parsed.error)}`];
}

function schemaOf(schema: object): z.ZodType {
  const named = '$ref' in schema ? document.components?.schemas?.[String(schema.$ref).split('/').at(-1) ?? ''] : schema;
  if (named === undefined) throw new Error(`There is no schema ${JSON.stringify(schema)}.`);
  // Patterns are matched without the flag that classes of Unicode need.
  const text = JSON.stringify(named, (key, value: unknown) =>
    key === 'pattern' && typeof value === 'string' && value.includes('\\p{') ? undefined : value,
  );
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0], {
    defaultTarget: 'openapi-3.0',
  });
}

function errorOf(ref: string) {
  return document.components?.responses?.[ref.split('/').at(-1) ?? ''];
}

describe('the description of the interface as a whole', () => {
  it('is the one in openapi.json (npm run records writes it)', () => {
    expect(text).toBe(committedFile(join(import.meta.dirname, 'openapi.json'), text));
  });

  it('says of every route in words what it does', () => {
    expect(operations().length).toBeGreaterThan(20);
    const silent = Object.entries(document.paths).filter(([, item]) =>
      (['get', 'put', 'post', 'delete'] as const).some(
        (method) => item[method] !== undefined && !item[method]?.summary,
      ),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('says what each parameter means, with an example that it would take', () => {
    const faults = operations().flatMap(([name, { parameters = [] }]) =>
      parameters.flatMap((parameter) => {
        if (!('name' in parameter)) return [`${name} refers to a parameter elsewhere`];
        const described = (parameter.description ?? '') === '' ? [`${name} ${parameter.name} has no description`] : [];
        return [...described, ...faultOf(`${name} ${parameter.name}`, parameter)];
      }),
    );
    expect(faults).toEqual([]);
  });

  it('has an example of each body and each answer, errors included, that fits its schema', () => {
    const faults = operations().flatMap(([name, { requestBody, responses }]) => {
      const body = requestBody !== undefined && 'content' in requestBody ? Object.entries(requestBody.content) : [];
      const answers = Object.entries(responses).flatMap(([status, response]) => {
        const told = response !== undefined && '$ref' in response ? errorOf(response.$ref) : response;
        const media = told !== undefined && 'content' in told ? told.content?.['application/json'] : undefined;
        return status === '204' ? [] : faultOf(`${name} ${status}`, media ?? {});
      });
      return [...body.flatMap(([type, media]) => faultOf(`${name} body ${type}`, media)), ...answers];
    });
    expect(faults).toEqual([]);
  });

  it('would find an example that does not fit', () => {
    const schema = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] };
    expect(faultOf('x', { schema, example: { count: 'many' } })).toHaveLength(1);
    expect(faultOf('x', { schema })).toEqual(['x has no example']);
  });
});
