import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type PrincipalKind } from './principal.ts';

/** Who may use a route or a socket event: kinds of principals, or everybody. */
export type AllowRule = readonly PrincipalKind[] | 'everybody';

export const ALLOW_RULE = 'closewatch:allow';

/** A route's rule where Fastify's hooks find it, before the body is read. */
export interface AllowRouteConfig {
  readonly allow?: AllowRule;
}

/** Lets these principals use the route or socket event. What has no rule is denied to all. */
export function Allow(...kinds: [PrincipalKind, ...PrincipalKind[]]) {
  return withRule(kinds);
}

/** Lets everybody use the route, signed in or not. */
export function Public() {
  return withRule('everybody');
}

/** The rule of a controller's method; undefined: it has none, and is denied to all. */
export function allowRuleOf<Controller>(
  controller: new (...dependencies: never[]) => Controller,
  method: keyof Controller & string,
): AllowRule | undefined {
  const handler = Object.getOwnPropertyDescriptor(controller.prototype, method)?.value as object;
  return Reflect.getMetadata(ALLOW_RULE, handler) as AllowRule | undefined;
}

function withRule(allow: AllowRule) {
  const config: AllowRouteConfig = { allow };
  return applyDecorators(SetMetadata(ALLOW_RULE, allow), RouteConfig(config));
}
