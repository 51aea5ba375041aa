import type { CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { afterRenderEffect, untracked, type Signal } from '@angular/core';
import type { ConnectionRow } from './connection-rows.ts';

export interface ScrollAnchorOptions {
  readonly viewport: Signal<CdkVirtualScrollViewport | undefined>;
  readonly rows: Signal<readonly ConnectionRow[]>;
  /** CSS pixels. */
  readonly rowHeight: Signal<number>;
  /** What the person chose (sort, filter, instant): when it changes the list starts at its top. */
  readonly view: Signal<string>;
}

/**
 * Keeps the row at the top edge where it is while rows come and go above it; a person who reads in the middle of a list
 * does not lose the line.
 */
export function keepScrollAnchor({ viewport, rows, rowHeight, view }: ScrollAnchorOptions): void {
  let shown: readonly ConnectionRow[] = [];
  let shownView: string | undefined;
  afterRenderEffect({
    mixedReadWrite: () => {
      const current = rows();
      const currentView = view();
      const height = rowHeight();
      const port = viewport();
      if (port !== undefined) {
        const offset = untracked(() => port.measureScrollOffset());
        if (currentView !== shownView) {
          if (shownView !== undefined) port.scrollToOffset(0);
        } else if (offset > 0) {
          const moved = anchorShift(shown, current, Math.floor(offset / height));
          if (moved !== 0) port.scrollToOffset(offset + moved * height);
        }
      }
      shown = current;
      shownView = currentView;
    },
  });
}

/** By how many rows the row at `top` has moved down; if it is gone, the next one that is still there counts. */
export function anchorShift(before: readonly ConnectionRow[], after: readonly ConnectionRow[], top: number): number {
  const place = new Map(after.map(({ connection }, index) => [connection.socketId, index]));
  for (let index = top; index < before.length; index++) {
    const id = before[index]?.connection.socketId;
    const now = id === undefined ? undefined : place.get(id);
    if (now !== undefined) return now - index;
  }
  return 0;
}
