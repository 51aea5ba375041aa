/** A node of a plan as EXPLAIN (FORMAT JSON) has it, as far as we read it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Hash Cond'?: string;
  readonly 'Merge Cond'?: string;
  readonly 'Join Filter'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

const CONDITIONS = ['Hash Cond', 'Merge Cond', 'Join Filter', 'Index Cond', 'Recheck Cond', 'Filter'] as const;
const JOINS = new Set(['Hash Join', 'Merge Join', 'Nested Loop']);
const JOINED_BY_HOST = /\bhost_id = \(?[\w."]*\bhost_id\b/;
/** One host by its number, or as a value handed down from outside ($0), or the hosts of one list. */
const BOUND_TO_HOST = /\bhost_id = (\d+|\$\d+|ANY \([^)]*\))/;

/**
 * The joins of a plan that bring rows of large tables together by anything but host_id. Two sides that are each bound to a host
 * by the same value are joined by it, whether the plan repeats that or not. `isLarge` is asked by the name of a table or partition.
 */
export function joinsAcrossHosts(plan: PlanNode, isLarge: (relation: string) => boolean): string[] {
  const inner = (plan.Plans ?? []).flatMap((child) => joinsAcrossHosts(child, isLarge));
  if (!JOINS.has(plan['Node Type'])) return inner;
  const sides = (plan.Plans ?? []).map((side) => scansOf(side, isLarge)).filter((scans) => scans.length > 0);
  if (sides.length < 2) return inner;
  const conditions = conditionsOf(plan);
  if (conditions.some((condition) => JOINED_BY_HOST.test(condition))) return inner;
  const scans = sides.flat();
  const bounds = new Set(
    scans.map((scan) =>
      conditionsOf(scan)
        .map((text) => BOUND_TO_HOST.exec(text)?.[1])
        .find(Boolean),
    ),
  );
  if (bounds.size === 1 && !bounds.has(undefined)) return inner;
  const tables = [...new Set(scans.map((scan) => scan['Relation Name'] ?? ''))];
  return [...inner, `${plan['Node Type']} of ${tables.join(', ')}: ${conditions.join(' and ') || 'no condition'}`];
}

/** Large tables that are read below a node. */
function scansOf(node: PlanNode, isLarge: (relation: string) => boolean): PlanNode[] {
  const relation = node['Relation Name'];
  return [
    ...(relation !== undefined && isLarge(relation) ? [node] : []),
    ...(node.Plans ?? []).flatMap((child) => scansOf(child, isLarge)),
  ];
}

function conditionsOf(node: PlanNode): string[] {
  return [
    ...CONDITIONS.flatMap((name) => node[name] ?? []),
    ...(node.Plans ?? []).flatMap((child) => conditionsOf(child)),
  ];
}
