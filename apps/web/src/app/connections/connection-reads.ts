import { HttpClient } from '@angular/common/http';
import { inject, resource, type ResourceRef, type Signal } from '@angular/core';
import { ConnectionItemSchema, pageOf } from '@closewatch/protocol';
import { firstValueFrom } from 'rxjs';
import { heard, type HeardConnection } from '../live/host-watch.ts';

const ConnectionPageSchema = pageOf(ConnectionItemSchema);

/** Enough for the largest list we show; a server that never ends its pages must not hold the browser. */
const PAGES = 40;

export interface ConnectionsAsked {
  readonly hostId: string;
  /** ISO 8601; undefined: now. */
  readonly at: string | undefined;
  /** 0 is the host's own network namespace. */
  readonly netns: number;
}

/** The CLOSE_WAIT connections of a host at an instant, all pages of them. Nothing is read while `asked` is undefined. */
export function readConnections(
  asked: Signal<ConnectionsAsked | undefined>,
): ResourceRef<HeardConnection[] | undefined> {
  const http = inject(HttpClient);
  return resource({
    params: () => asked(),
    loader: async ({ params: { hostId, at, netns }, abortSignal }) => {
      const items: HeardConnection[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES && !abortSignal.aborted; page++) {
        const params: Record<string, string> = {
          state: 'close_wait',
          ...(at === undefined ? {} : { at }),
          ...(netns === 0 ? {} : { netns: String(netns) }),
          ...(cursor === null ? {} : { cursor }),
        };
        const body = await firstValueFrom(http.get(`/api/v1/hosts/${hostId}/connections`, { params }));
        const answer = ConnectionPageSchema.parse(body);
        items.push(...heard(answer.items));
        cursor = answer.nextCursor;
        if (cursor === null) break;
      }
      return items;
    },
  });
}
