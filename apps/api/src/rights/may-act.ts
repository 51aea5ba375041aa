import { ApiError } from '../errors/api-error.ts';
import { type Person } from '../accounts/sessions.service.ts';
import { type Principal } from './principal.ts';

/** Lets operators and administrators go on; `what` they may do ends the sentence. Throws {@link ApiError} 403 for all others. */
export function assertOperator(principal: Principal, what: string): asserts principal is Person {
  if (principal.kind === 'person' && principal.role !== 'viewer') return;
  throw ApiError.forbidden(`Only an operator or an administrator may ${what}.`);
}
