import { messageOf } from '../errors.ts';
import { type NamespaceFinder } from '../namespaces/namespace-finder.ts';
import { waysToGrant } from './capability-remedies.ts';
import { type Finding } from './check.ts';

const subject = 'Other namespaces';

/**
 * Whether the sockets of containers can be read in the better way. `capabilities`: those the agent holds. A host without
 * other network namespaces lacks nothing.
 */
export async function checkNamespaces(
  finder: Pick<NamespaceFinder, 'find'>,
  capabilities: readonly string[],
): Promise<Finding[]> {
  let others: number;
  try {
    others = (await finder.find()).length;
  } catch (error) {
    return [{ subject, outcome: 'unknown', found: `they cannot be looked for: ${messageOf(error)}` }];
  }
  if (others === 0) return [{ subject, outcome: 'ok', found: "no process is outside the agent's network namespace" }];
  const found = `${others} network ${others === 1 ? 'namespace' : 'namespaces'} beside the agent's own`;
  if (capabilities.includes('CAP_SYS_ADMIN')) return [{ subject, outcome: 'ok', found: `${found} can be entered` }];
  return [
    {
      subject,
      outcome: 'reduced',
      found: `${found} cannot be entered: the agent lacks CAP_SYS_ADMIN`,
      costs:
        'they are read from /proc at many times the CPU, without the ages of their connections; those without a process not at all',
      remedies: waysToGrant(['CAP_SYS_ADMIN']),
    },
  ];
}
