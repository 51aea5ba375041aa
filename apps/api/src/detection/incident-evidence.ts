import { type Connection, type IncidentEvidenceContents, StateCountsSchema } from '@closewatch/protocol';
import { type LeakSubject } from '@closewatch/socket-states';
import { type Sql } from '../database/data-source.ts';
import { type HostDetection } from './host-detection.ts';
import { readLeakedConnections } from './incident-evidence.queries.ts';
import { type ToldSections } from './told-sections.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

export type Gathered = {
  [Kind in keyof IncidentEvidenceContents]: { readonly kind: Kind; readonly content: IncidentEvidenceContents[Kind] };
}[keyof IncidentEvidenceContents];

/** Kept of each list. */
const ITEMS = 50;
const PROCESSES = 4;

/** What detection has in memory of an incident at this moment, so that it outlives what is stored of samples. */
export function knownEvidence(
  host: WatchedHost,
  { netns, leak, subject, detection: { rule } }: HostDetection,
  sections: ToldSections,
): Gathered[] {
  const gathered: Gathered[] = [];
  const namespace = host.namespaces.find((one) => one.netns === netns);
  if (namespace !== undefined) gathered.push({ kind: 'counts', content: StateCountsSchema.parse(namespace.counts) });
  for (const content of processesOf(sections, leak, subject)) gathered.push({ kind: 'process', content });
  const { orphans, pressureStall, ports, kernel } = sections;
  if (leak !== null && leak.orphaned > 0 && orphans !== undefined) {
    gathered.push({ kind: 'orphans', content: { ...orphans.content, items: orphans.content.items.slice(0, ITEMS) } });
  }
  if (pressureStall !== undefined) gathered.push({ kind: 'pressure_stall', content: pressureStall.content });
  if (ports !== undefined && (rule === 'ports' || rule === 'time_wait_overflow')) {
    const { destinations } = ports.content;
    gathered.push({ kind: 'ports', content: { ...ports.content, destinations: destinations.slice(0, ITEMS) } });
  }
  if (kernel !== undefined) gathered.push({ kind: 'kernel', content: kernel.content });
  if (leak !== null && leak.acceptQueue !== null) {
    gathered.push({ kind: 'accept_queue', content: { port: leak.subject.endpoint.port, ...leak.acceptQueue } });
  }
  return gathered;
}

/** The connections of a leak, as evidence; and those of them that have waited longest. */
export async function leakedConnections(
  sql: Sql,
  hostId: number,
  subject: LeakSubject,
): Promise<{ readonly gathered: readonly Gathered[]; readonly oldest: readonly Connection[] }> {
  const { total, oldest, peers, addresses } = await readLeakedConnections(sql, hostId, subject, ITEMS);
  const gathered: Gathered[] = [
    { kind: 'connections', content: { total, items: [...oldest] } },
    { kind: 'peers', content: { total: addresses, items: [...peers] } },
  ];
  return { gathered, oldest };
}

/** Evidence of the processes that it is about; of what is about no process, of those that wait most for a CPU. */
function processesOf(
  { evidence }: ToldSections,
  leak: HostDetection['leak'],
  subject: HostDetection['subject'],
): readonly IncidentEvidenceContents['process'][] {
  const all = evidence?.content ?? [];
  if (leak !== null) {
    const pids = new Set(leak.processes.map(({ pid }) => pid));
    return all.filter(({ process }) => pids.has(process.pid)).slice(0, PROCESSES);
  }
  if (subject.of === 'process') {
    return all.filter(({ process }) => process.executable === subject.executable).slice(0, PROCESSES);
  }
  const wait = (one: IncidentEvidenceContents['process']): number => one.cpu?.runQueueWaitMsPerSecond ?? 0;
  return all.toSorted((a, b) => wait(b) - wait(a)).slice(0, PROCESSES);
}
