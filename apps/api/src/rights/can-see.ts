import { type Host } from '@closewatch/protocol';
import { type Principal } from './principal.ts';

/**
 * Whether somebody may know of a host. Lists, rooms and events all pass through here, so that a rule for it has one
 * place. Today every person sees every host; an agent pushes and reads nothing.
 */
export function canSee(principal: Principal, _host: Pick<Host, 'id' | 'labels'>): boolean {
  return principal.kind !== 'agent';
}
