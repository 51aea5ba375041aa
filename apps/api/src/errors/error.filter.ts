import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { coerceError } from './coerce-error.ts';
import { errorAnswer } from './error-answer.ts';

/** Answers every failed request in the contract's shape; the log gets what the client does not. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { body, retryAfterSeconds } = errorAnswer(thrown, request.id);
    if (body.statusCode >= 500) {
      const error = coerceError(thrown);
      this.logger.error(`${request.method} ${request.url} (request ${request.id}): ${error.message}`, error.stack);
    }
    if (reply.sent) return;
    if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
    void reply.type('application/json; charset=utf-8').status(body.statusCode).send(body);
  }
}
