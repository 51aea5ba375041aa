import { type HostProcesses, type Process, type ProcessEvidence } from '@closewatch/protocol';
import { type NamespaceDetails } from '../sections/host-details.ts';

/** The table of processes, each joined with its evidence; what has no row in the table is listed beside it. */
export function joinEvidence({ processes, evidence, pressureStall }: NamespaceDetails): HostProcesses {
  const unlisted = new Map<string, ProcessEvidence>();
  for (const item of evidence?.items ?? []) unlisted.set(identity(item.process), item);
  const items = (processes?.items ?? []).map((item) => {
    const key = identity(item.process);
    const joined = unlisted.get(key) ?? null;
    unlisted.delete(key);
    return { ...item, evidence: joined };
  });
  return {
    takenAt: processes?.takenAt ?? null,
    items,
    nextCursor: null,
    others: processes?.others ?? 0,
    unowned: processes?.unowned ?? 0,
    evidence: { takenAt: evidence?.takenAt ?? null, unlisted: [...unlisted.values()], pressureStall },
  };
}

/** A pid alone is reused; with the start it is not. */
function identity({ pid, startedAt }: Process): string {
  return `${pid} ${startedAt}`;
}
