import { performance } from 'node:perf_hooks';
import { totalOf } from '@closewatch/socket-states';
import { messageOf } from '../errors.ts';
import { chooseSource } from '../sockets/choose-source.ts';
import { type Finding } from './check.ts';

const NETLINK_REMEDIES = [
  'install the agent on this machine, with npm ci for its architecture and libc, so that koffi finds its addon',
  'let AF_NETLINK sockets through: systemd RestrictAddressFamilies, seccomp profile of the container',
] as const;

/** Whether sockets can be read: through netlink, and from /proc where that fails. `procRoot` is usually /proc. */
export async function checkSockets(procRoot: string): Promise<Finding[]> {
  const netlink = await look(procRoot, 'netlink');
  if ('found' in netlink) return [{ subject: 'Sockets', outcome: 'ok', found: netlink.found }, ...netlink.lacks];
  const procfs = await look(procRoot, 'procfs');
  if ('found' in procfs) {
    return [
      {
        subject: 'Sockets',
        outcome: 'reduced',
        found: `${netlink.failure}; ${procfs.found}`,
        costs:
          'no age of connections from before the agent began, no identity that outlives a pause, several times the CPU',
        remedies: NETLINK_REMEDIES,
      },
      ...procfs.lacks,
    ];
  }
  return [
    {
      subject: 'Sockets',
      outcome: 'failed',
      found: `${netlink.failure}; ${procfs.failure}`,
      costs: 'nothing can be told of this host',
      remedies: ['mount /proc for the agent', ...NETLINK_REMEDIES],
    },
  ];
}

async function look(
  procRoot: string,
  name: 'netlink' | 'procfs',
): Promise<{ found: string; lacks: Finding[] } | { failure: string }> {
  try {
    const source = await chooseSource(procRoot, name);
    try {
      const startedAt = performance.now();
      const table = await source.read();
      const tookMs = performance.now() - startedAt;
      const found = `${name} tells of ${totalOf(table.counts)} sockets in ${tookMs.toFixed(1)} ms`;
      const lacks = table.missing.map((lack): Finding => ({
        subject: 'Sockets',
        outcome: 'reduced',
        found: lack,
        costs: 'counts are incomplete',
      }));
      return { found, lacks };
    } finally {
      source.close();
    }
  } catch (error) {
    const message = messageOf(error);
    return { failure: message.startsWith(name) ? message : `${name}: ${message}` };
  }
}
