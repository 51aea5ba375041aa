import { type FollowedNamespace } from './followed-namespace.ts';

export interface LacksToTell {
  readonly followed: readonly Pick<FollowedNamespace, 'namespace' | 'missing'>[];
  /** Why each of those that are not followed could not be opened. */
  readonly unopened: readonly string[];
  /** How many are past what an agent follows. */
  readonly tooMany: number;
  /** What matters only where there are other namespaces. */
  readonly general: readonly (string | undefined)[];
  readonly trouble: string | undefined;
}

/** So many are told one by one. */
const MOST_UNOPENED = 4;

/** What is not told of other namespaces; what several lack alike is said once. */
export function lacksOf({ followed, unopened, tooMany, general, trouble }: LacksToTell): string[] {
  const lacks = trouble === undefined ? [] : [trouble];
  const total = followed.length + unopened.length + tooMany;
  if (total === 0) return lacks;
  lacks.push(...general.filter((text) => text !== undefined));
  const namesByText = new Map<string, string[]>();
  for (const { namespace, missing } of followed) {
    for (const text of missing) {
      const names = namesByText.get(text);
      if (names === undefined) namesByText.set(text, [namespace.name]);
      else names.push(namespace.name);
    }
  }
  for (const [text, names] of namesByText) {
    const whose = names.length === 1 ? `network namespace ${names[0]}` : `${names.length} other network namespaces`;
    lacks.push(`${whose}: ${text}`);
  }
  lacks.push(...unopened.slice(0, MOST_UNOPENED));
  if (unopened.length > MOST_UNOPENED)
    lacks.push(`${unopened.length - MOST_UNOPENED} more network namespaces cannot be opened`);
  if (tooMany > 0)
    lacks.push(`${tooMany} of ${total} other network namespaces: an agent follows ${followed.length} at most`);
  return lacks;
}
