import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ErrorAnswerSchema } from '@closewatch/protocol';
import { type z } from 'zod';
import { reasonOf } from '../errors/api-error.ts';
import { openApiSchema } from './zod-openapi.ts';

export interface Answers {
  readonly summary: string;
  /** Body of the answer; without one it is 204. */
  readonly ok?: z.ZodType;
  /** Statuses of the errors that this route has for its own; those of every route are added. */
  readonly errors: readonly number[];
}

/** A foreign Host or Origin, a failure, a database that is away: can happen anywhere. */
const ANYWHERE = [403, 500, 503];

/** Documents a route's answers in OpenAPI, errors in the contract's shape. */
export function ApiAnswers({ summary, ok, errors }: Answers) {
  const statuses = [...new Set([...errors, ...ANYWHERE])].sort();
  return applyDecorators(
    ApiOperation({ summary }),
    ok === undefined
      ? ApiResponse({ status: 204, description: 'Done' })
      : ApiResponse({ status: 200, description: 'OK', schema: openApiSchema(ok, 'output') }),
    ...statuses.map((status) =>
      ApiResponse({ status, description: reasonOf(status), schema: openApiSchema(ErrorAnswerSchema, 'output') }),
    ),
  );
}
