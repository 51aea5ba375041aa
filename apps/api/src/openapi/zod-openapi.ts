import { type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type SchemaObject = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** A zod schema in OpenAPI 3.0's dialect of JSON Schema; `input` as it is sent, `output` as it is parsed. */
export function openApiSchema(schema: z.ZodType, io: 'input' | 'output'): SchemaObject {
  const converted = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
  });
  // The dialect is that of the whole document.
  delete converted.$schema;
  return converted as SchemaObject;
}

/** For @nestjs/swagger, which meets our schemas at `@Body({ schema })` and the like. */
export function convertForSwagger(
  schema: unknown,
  { schemaType }: { schemaType: 'input' | 'output' },
): { schema: SchemaObject } | undefined {
  return schema instanceof z.ZodType ? { schema: openApiSchema(schema, schemaType) } : undefined;
}
