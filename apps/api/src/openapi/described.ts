import { type OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLES } from './examples/index.ts';
import { PARAMETERS } from './examples/parameters.ts';
import { reasonOf } from '../errors/api-error.ts';
import { namedSchemas } from './named-schemas.ts';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type ErrorResponse = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>[string];
/** Every status of an error that a route answers. */
const ERRORS = ['400', '401', '403', '404', '409', '413', '415', '426', '429', '500', '503'];
const METHODS = ['get', 'put', 'post', 'delete'] as const;

/** An error as every route answers it; the message of a real one says what to do. */
function errorResponse(statusCode: number): ErrorResponse {
  const example = {
    statusCode,
    error: reasonOf(statusCode),
    message: 'What happened, to what, and what to do.',
    issues: statusCode === 400 ? [{ path: 'limit', message: 'must be a whole number from 1 to 1000' }] : [],
    requestId: '6220b1ef-a595-4f4c-bbb3-dacc3eb969ad',
  };
  const schema = { $ref: '#/components/schemas/ErrorAnswer' };
  return { description: reasonOf(statusCode), content: { 'application/json': { schema, example } } };
}

/** `NotFound` of 404. */
function errorName(status: string): string {
  return reasonOf(Number(status)).replaceAll(/\W/g, '');
}

/** The document with examples of parameters, bodies and answers, and the one shape of errors named once. */
export function described(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    // What asks for health has a shape of its own.
    if (!path.startsWith('/api/')) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) describe(path, operation, EXAMPLES[`${method.toUpperCase()} ${path}`] ?? {});
    }
  }
  const schemas = { ...document.components?.schemas, ...namedSchemas() };
  const responses = Object.fromEntries(ERRORS.map((status) => [errorName(status), errorResponse(Number(status))]));
  return { ...document, components: { ...document.components, schemas, responses } };
}

/** A port is a number to one route and a text to another. */
function exampleOf(schema: object | undefined, example: unknown): unknown {
  const type = schema !== undefined && 'type' in schema ? schema.type : undefined;
  return type === 'integer' || type === 'number' ? Number(example) : example;
}

function describe(path: string, operation: Operation, { body, answer }: (typeof EXAMPLES)[string]): void {
  for (const parameter of operation.parameters ?? []) {
    if (!('name' in parameter)) continue;
    const known = PARAMETERS[`${path} ${parameter.name}`] ?? PARAMETERS[parameter.name];
    parameter.description ??= known?.description ?? '';
    parameter.example ??= exampleOf(parameter.schema, known?.example);
  }
  const { requestBody } = operation;
  if (body !== undefined && requestBody !== undefined && 'content' in requestBody) {
    for (const media of Object.values(requestBody.content)) media.example = body;
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || !('content' in response)) continue;
    if (Number(status) >= 400) operation.responses[status] = { $ref: `#/components/responses/${errorName(status)}` };
    const json = response.content?.['application/json'];
    if (json !== undefined && answer !== undefined && Number(status) < 400) json.example = answer;
  }
}
