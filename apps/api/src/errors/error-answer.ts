import { HttpException } from '@nestjs/common';
import { type ErrorAnswer, type Issue } from '@closewatch/protocol';
import { databaseFault, isStatementTimeout } from '../database/database-faults.ts';
import { ApiError, reasonOf } from './api-error.ts';
import { errorCode, isError } from './coerce-error.ts';

export interface Answer {
  readonly body: ErrorAnswer;
  readonly retryAfterSeconds: number | undefined;
}

const RETRY_AFTER_SECONDS = 2;

/** The contract's answer to anything that was thrown. Nothing of an unknown failure reaches the client. */
export function errorAnswer(thrown: unknown, requestId: string): Answer {
  const answer = (
    statusCode: number,
    error: string,
    message: string,
    issues: readonly Issue[] = [],
    retryAfterSeconds?: number,
  ): Answer => ({ body: { statusCode, error, message, issues: [...issues], requestId }, retryAfterSeconds });

  if (thrown instanceof ApiError) {
    return answer(thrown.getStatus(), thrown.error, thrown.message, thrown.issues, thrown.retryAfterSeconds);
  }
  if (isStatementTimeout(thrown)) {
    const message =
      'The database took longer over this than it may. Ask for less, such as a shorter range, or try again.';
    return answer(503, reasonOf(503), message, [], RETRY_AFTER_SECONDS);
  }
  if (databaseFault(thrown) === 'away') {
    const message = 'The database cannot be reached at the moment. Try again shortly.';
    return answer(503, reasonOf(503), message, [], RETRY_AFTER_SECONDS);
  }
  const statusCode = statusOf(thrown);
  if (thrown instanceof HttpException || (statusCode < 500 && isError(thrown))) {
    const retryAfter = statusCode === 503 ? RETRY_AFTER_SECONDS : undefined;
    return answer(statusCode, reasonOf(statusCode), thrown.message, [], retryAfter);
  }
  return answer(500, reasonOf(500), 'The server failed. Its log has the details under this request id.');
}

/** Status of Nest's and Fastify's own errors; 500 for anything else. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const framework = errorCode(thrown)?.startsWith('FST_') === true;
  const statusCode = framework && isError(thrown) && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}
