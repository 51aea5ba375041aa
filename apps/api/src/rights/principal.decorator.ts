import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import { type Principal } from './principal.ts';

/** The principal of the request; the route's rule has made sure of one. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) throw ApiError.unauthorized('Sign in, or present a valid token.');
  return principal;
});
