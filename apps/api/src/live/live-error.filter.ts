import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type LiveAnswer } from '@closewatch/protocol';
import { coerceError } from '../errors/coerce-error.ts';
import { errorAnswer } from '../errors/error-answer.ts';

/** Acknowledges a failed event with why; a client that wants no acknowledgement hears nothing. */
@Catch()
export class LiveErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(LiveErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const { statusCode, message } = errorAnswer(thrown, '').body;
    if (statusCode >= 500) this.logger.error(coerceError(thrown).message, coerceError(thrown).stack);
    // Arguments of an event: socket, payload, acknowledgement, pattern.
    const acknowledge = host.getArgByIndex<((answer: LiveAnswer<never>) => void) | undefined>(2);
    if (typeof acknowledge === 'function') acknowledge({ ok: false, error: { statusCode, message } });
  }
}
