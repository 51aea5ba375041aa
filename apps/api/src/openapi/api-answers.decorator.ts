import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ErrorAnswerSchema } from '@closewatch/protocol';
import { type z } from 'zod';
import { AsCsv } from '../csv/as-csv.decorator.ts';
import { type CsvTable } from '../csv/csv-table.ts';
import { reasonOf } from '../errors/api-error.ts';
import { answerSchema } from './named-schemas.ts';
import { openApiSchema } from './zod-openapi.ts';

export interface Answers<Ok extends z.ZodType> {
  readonly summary: string;
  /** Body of the answer; without one it is 204. */
  readonly ok?: Ok;
  /** How the body is written as CSV; the route then answers either. */
  readonly csv?: CsvTable<z.output<Ok>>;
  /** Statuses of the errors that this route has for its own; those of every route are added. */
  readonly errors: readonly number[];
}

/** A foreign Host or Origin, a failure, a database that is away: can happen anywhere. */
const ANYWHERE = [403, 500, 503];

/** Documents a route's answers in OpenAPI, errors in the contract's shape. */
export function ApiAnswers<Ok extends z.ZodType>({ summary, ok, csv, errors }: Answers<Ok>) {
  return applyDecorators(
    ApiOperation({ summary }),
    ok === undefined
      ? ApiResponse({ status: 204, description: 'Done' })
      : ApiResponse({ status: 200, description: 'OK', content: contentOf(ok, csv !== undefined) }),
    ...(csv === undefined ? [] : [AsCsv(csv)]),
    ApiErrors(errors),
  );
}

/** Documents the errors alone, of a route whose answer is no JSON body. */
export function ApiErrors(errors: readonly number[]) {
  const statuses = [...new Set([...errors, ...ANYWHERE])].sort();
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, description: reasonOf(status), schema: openApiSchema(ErrorAnswerSchema, 'output') }),
    ),
  );
}

function contentOf(ok: z.ZodType, csv: boolean) {
  return {
    'application/json': { schema: answerSchema(ok) },
    ...(csv ? { 'text/csv': { schema: { type: 'string' as const } } } : {}),
  };
}
