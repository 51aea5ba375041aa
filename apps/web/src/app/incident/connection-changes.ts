import { HttpClient } from '@angular/common/http';
import { inject, resource, type ResourceRef, type Signal } from '@angular/core';
import { ConnectionDiffSchema, type ConnectionChangeItem } from '@closewatch/protocol';
import { firstValueFrom } from 'rxjs';
import { heard, type HeardConnection } from '../live/host-watch.ts';

/** A server that never ends its pages must not hold the browser. */
const PAGES = 40;

export interface ChangesAsked {
  readonly hostId: string;
  readonly netns: number;
  /** Milliseconds since the epoch, in either order. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one instant has and the other has not: `appeared` are there at `toMs` alone, `vanished` at `fromMs` alone. */
export interface ConnectionChanges {
  readonly appeared: readonly HeardConnection[];
  readonly vanished: readonly HeardConnection[];
  /** How many were there at both. */
  readonly stayed: number;
}

export const NO_CHANGES: ConnectionChanges = { appeared: [], vanished: [], stayed: 0 };

/** How the set of CLOSE_WAIT connections differs between two instants, the later one first or last. Nothing is read while `asked` is undefined. */
export function readChanges(asked: Signal<ChangesAsked | undefined>): ResourceRef<ConnectionChanges | undefined> {
  const http = inject(HttpClient);
  return resource({
    params: () => asked(),
    loader: async ({ params: { hostId, netns, fromMs, toMs }, abortSignal }) => {
      if (fromMs === toMs) return NO_CHANGES;
      const items: ConnectionChangeItem[] = [];
      let stayed = 0;
      let cursor: string | null = null;
      for (let page = 0; page < PAGES && !abortSignal.aborted; page++) {
        const params: Record<string, string> = {
          a: new Date(Math.min(fromMs, toMs)).toISOString(),
          b: new Date(Math.max(fromMs, toMs)).toISOString(),
          ...(netns === 0 ? {} : { netns: String(netns) }),
          ...(cursor === null ? {} : { cursor }),
        };
        const body = await firstValueFrom(http.get(`/api/v1/hosts/${hostId}/connections/diff`, { params }));
        const answer = ConnectionDiffSchema.parse(body);
        items.push(...answer.items);
        stayed = answer.stayed;
        cursor = answer.nextCursor;
        if (cursor === null) break;
      }
      return changesOf(items, stayed, toMs < fromMs);
    },
  });
}

/** Looked at backwards, what has appeared since is what is not there yet. */
export function changesOf(
  items: readonly ConnectionChangeItem[],
  stayed: number,
  backwards: boolean,
): ConnectionChanges {
  const of = (change: ConnectionChangeItem['change']) => heard(items.filter((item) => item.change === change));
  const [appeared, vanished] = [of('appeared'), of('vanished')];
  return backwards ? { appeared: vanished, vanished: appeared, stayed } : { appeared, vanished, stayed };
}
