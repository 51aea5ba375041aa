import type { NamespaceItem } from '@closewatch/protocol';

/** Those that leak first, then by name; the chosen one among the first, whatever it is. */
export function orderNamespaces(items: readonly NamespaceItem[]): NamespaceItem[] {
  return items.toSorted((a, b) => leaked(b) - leaked(a) || nameOf(a).localeCompare(nameOf(b), undefined, COLLATION));
}

const COLLATION = { numeric: true } as const;

/** CLOSE_WAIT that is no turnover any more, and what has left the kernel and is still held. */
export function leaked({ closeWait }: NamespaceItem): number {
  return closeWait.aged + closeWait.orphaned;
}

/** What people know it by; its number where nobody named it. */
export function nameOf({ id, name }: Pick<NamespaceItem, 'id' | 'name'>): string {
  return name ?? `#${id}`;
}

/** The first of them, with the chosen one in any case. */
export function firstOf(items: readonly NamespaceItem[], count: number, chosen: number): NamespaceItem[] {
  return items.filter(({ id }, index) => index < count || id === chosen);
}
