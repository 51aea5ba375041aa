import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.ts';
import { ALLOW_RULE, type AllowRule } from './allow.decorator.ts';
import { type Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; undefined: nobody we know. Set by the edge before the body is read. */
    principal: Principal | undefined;
  }
}

/** Throws {@link ApiError} 401 for nobody and 403 for somebody who may not. No rule denies everybody. */
export function enforce(rule: AllowRule | undefined, principal: Principal | undefined): void {
  if (rule === 'everybody') return;
  if (principal === undefined) throw ApiError.unauthorized('Sign in, or present a valid token.');
  if (rule === undefined || !rule.includes(principal.kind)) {
    throw ApiError.forbidden(`A ${principal.kind} may not do this.`);
  }
}

/** Denies by default, on every route and on every socket event. */
@Injectable()
export class RightsGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const rule = this.reflector.getAllAndOverride<AllowRule | undefined>(ALLOW_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    enforce(rule, principalOf(context));
    return true;
  }
}

function principalOf(context: ExecutionContext): Principal | undefined {
  if (context.getType() === 'http') return context.switchToHttp().getRequest<FastifyRequest>().principal;
  if (context.getType() === 'ws') {
    return context.switchToWs().getClient<{ data: { principal?: Principal } }>().data.principal;
  }
  return undefined;
}
