import { type StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { ApiError } from './api-error.ts';

type Issues = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0];

/** The answer to a request whose body, path or query does not fit its schema. */
export function validationError(issues: Issues): ApiError {
  return ApiError.badRequest(
    'The request is not valid.',
    issues.map(({ path = [], message }) => ({
      path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message,
    })),
  );
}
