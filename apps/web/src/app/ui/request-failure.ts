import { HttpErrorResponse } from '@angular/common/http';
import { ErrorAnswerSchema } from '@closewatch/protocol';

/** What is known of a failed request. `status` 0: no answer at all. */
export interface RequestFailure {
  readonly status: number;
  readonly message: string | null;
  readonly requestId: string | null;
}

/** Reads the contract's error answer out of whatever a request failed with. */
export function requestFailure(cause: unknown): RequestFailure {
  const http = cause instanceof HttpErrorResponse ? cause : (cause as { cause?: unknown } | undefined)?.cause;
  if (!(http instanceof HttpErrorResponse)) {
    return { status: -1, message: cause instanceof Error ? cause.message : null, requestId: null };
  }
  const answer = ErrorAnswerSchema.safeParse(http.error);
  return answer.success
    ? { status: http.status, message: answer.data.message, requestId: answer.data.requestId }
    : { status: http.status, message: null, requestId: null };
}
