import { type RetentionKind } from '@closewatch/protocol';
import { type PartitionedTable } from '../database/partitions.queries.ts';

interface KindOfData {
  /** Kept so long unless somebody has set something else. */
  readonly defaultDays: number;
  /** Grows with the days it is kept; dropped partition by partition. Null: few rows, deleted one by one. */
  readonly series: PartitionedTable | null;
  /** Of the same kind, but of no days: what is not packed yet (the packer drops it), what came late, what is still open. */
  readonly standing: readonly string[];
}

/** A month of raw data, and a few days for whoever looks on the first of the next; hourly figures beyond a year; incidents for two, to be compared. */
export const KINDS_OF_DATA: Readonly<Record<RetentionKind, KindOfData>> = {
  snapshots: { defaultDays: 35, series: 'snapshot_pack', standing: ['snapshot', 'snapshot_late'] },
  rollups: { defaultDays: 400, series: 'snapshot_rollup', standing: [] },
  connections: { defaultDays: 35, series: 'connection_ended', standing: ['connection_open'] },
  processes: { defaultDays: 35, series: 'process_pack', standing: ['process_sample', 'process_late'] },
  ports: { defaultDays: 35, series: 'port_pack', standing: ['port_sample', 'port_late'] },
  events: { defaultDays: 35, series: 'agent_event', standing: [] },
  incidents: {
    defaultDays: 730,
    series: null,
    standing: ['incident', 'incident_event', 'incident_evidence', 'annotation'],
  },
};
