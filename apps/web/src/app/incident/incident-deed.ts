import { inject, signal, type Signal } from '@angular/core';
import type { IncidentDetails } from '@closewatch/protocol';
import { requestFailure } from '../ui/request-failure.ts';
import { IncidentActions } from './incident-actions.ts';

export interface Deed {
  /** It is on its way. */
  readonly busy: Signal<boolean>;
  /** Why the last one failed: the server's words, empty where it gave none; null: it did not. */
  readonly failure: Signal<string | null>;
  /** Does one thing at a time. Resolves with whether it was done. */
  run(action: (actions: IncidentActions) => Promise<IncidentDetails>): Promise<boolean>;
}

/** One place where a person does something to an incident: waits for it, hands on what it becomes, keeps what went wrong. */
export function deed(done: (incident: IncidentDetails) => void): Deed {
  const actions = inject(IncidentActions);
  const busy = signal(false);
  const failure = signal<string | null>(null);
  return {
    busy: busy.asReadonly(),
    failure: failure.asReadonly(),
    run: async (action) => {
      if (busy()) return false;
      busy.set(true);
      failure.set(null);
      try {
        done(await action(actions));
        return true;
      } catch (cause) {
        failure.set(requestFailure(cause).message ?? '');
        return false;
      } finally {
        busy.set(false);
      }
    },
  };
}
