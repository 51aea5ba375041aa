import { type LeakGroup } from '@closewatch/protocol';
import { type Detection, type Finding } from '@closewatch/socket-states';
import { isHarmless, type SeenLeak } from './seen-leak.ts';

/** A leak as people read it, at an instant (milliseconds). */
export function leakGroup(leak: SeenLeak, detection: Detection, at: number, incidentId: string | null): LeakGroup {
  const { slopePerHour = null, timeLeftMs = null } = detection.figures;
  return {
    subject: leak.subject,
    processes: leak.processes.map(({ pid, startedAt }) => ({ pid, startedAt })),
    count: leak.count,
    leaked: isHarmless(leak.finding) ? 0 : leak.leaked,
    orphaned: leak.orphaned,
    oldestSeconds: leak.oldestAt === null ? null : Math.max(0, at - leak.oldestAt) / 1_000,
    finding: toldFinding(leak.finding),
    level: detection.level,
    slopePerHour,
    timeLeftSeconds: timeLeftMs === null ? null : timeLeftMs / 1_000,
    incidentId,
  };
}

/** A finding as the wire has it: the same, and whoever gets it may change it. */
export function toldFinding(finding: Finding): LeakGroup['finding'] {
  return structuredClone<unknown>(finding) as LeakGroup['finding'];
}
