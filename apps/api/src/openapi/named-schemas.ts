import { ErrorAnswerSchema, IncidentDetailsSchema } from '@closewatch/protocol';
import { type z } from 'zod';
import { openApiSchema } from './zod-openapi.ts';

/** Answers that many routes share, by name: the document tells each once. */
const NAMED: readonly (readonly [name: string, schema: z.ZodType])[] = [
  ['ErrorAnswer', ErrorAnswerSchema],
  ['IncidentDetails', IncidentDetailsSchema],
];

/** Components of the document. */
export function namedSchemas(): Record<string, ReturnType<typeof openApiSchema>> {
  return Object.fromEntries(NAMED.map(([name, schema]) => [name, openApiSchema(schema, 'output')]));
}

/** What an answer is: a reference where it has a name, else the schema itself. */
export function answerSchema(schema: z.ZodType): ReturnType<typeof openApiSchema> | { $ref: string } {
  const name = NAMED.find(([, named]) => named === schema)?.[0];
  return name === undefined ? openApiSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` };
}
