import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { type Issue } from '@closewatch/protocol';

/** An error answer in the contract's shape; the filter adds the request id. */
export class ApiError extends HttpException {
  readonly error: string;
  readonly issues: readonly Issue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    statusCode: number,
    error: string,
    message: string,
    issues: readonly Issue[] = [],
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, statusCode, { cause: options.cause });
    this.error = error;
    this.issues = issues;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  static badRequest(message: string, issues: readonly Issue[]): ApiError {
    return new ApiError(400, 'Bad Request', message, issues);
  }

  static unauthorized(message: string): ApiError {
    return new ApiError(401, 'Unauthorized', message);
  }

  static forbidden(message: string): ApiError {
    return new ApiError(403, 'Forbidden', message);
  }

  static notFound(message: string): ApiError {
    return new ApiError(404, 'Not Found', message);
  }

  /** Nothing is wrong with the request: the same may succeed after `retryAfterSeconds`. */
  static unavailable(message: string, cause?: unknown, retryAfterSeconds = 2): ApiError {
    return new ApiError(503, 'Service Unavailable', message, [], { cause, retryAfterSeconds });
  }
}

/** The reason phrase of a status: `Not Found`. */
export function reasonOf(statusCode: number): string {
  return STATUS_CODES[statusCode] ?? 'Error';
}
