import { type LeakGroup, type LeakGroups } from '@closewatch/protocol';
import { csvOf, joined } from '../csv/csv-table.ts';

export const leaksCsv = csvOf<LeakGroups, LeakGroup>(
  'leaks',
  {
    netns: ({ subject }) => subject.netns,
    executable: ({ subject }) => subject.service?.executable ?? null,
    unit: ({ subject }) => subject.service?.unit ?? null,
    container_id: ({ subject }) => subject.service?.containerId ?? null,
    ownership: ({ subject }) => subject.ownership,
    pids: ({ processes }) => joined(processes.map(({ pid }) => pid)),
    direction: ({ subject }) => subject.direction,
    endpoint_address: ({ subject }) => subject.endpoint.address,
    endpoint_port: ({ subject }) => subject.endpoint.port,
    connections: ({ count }) => count,
    leaked: ({ leaked }) => leaked,
    orphaned_descriptors: ({ orphaned }) => orphaned,
    oldest_seconds: ({ oldestSeconds }) => oldestSeconds,
    verdict: ({ finding }) => finding.verdict,
    verdict_confidence: ({ finding }) => finding.confidence,
    level: ({ level }) => level,
    slope_per_hour: ({ slopePerHour }) => slopePerHour,
    time_left_seconds: ({ timeLeftSeconds }) => timeLeftSeconds,
    incident_id: ({ incidentId }) => incidentId,
  },
  ({ items }) => items,
);
