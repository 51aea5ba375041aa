import { type Agent } from '@closewatch/protocol';

/** A host as ingest knows it. Times in milliseconds since the epoch. */
export interface HostRecord {
  readonly hostId: number;
  readonly agentId: string;
  readonly runId: string;
  readonly bootId: string;
  readonly machineId: string;
  /** Oldest and newest snapshot of the run that pushes now. */
  readonly since: number;
  readonly until: number;
  readonly intervalMs: number;
  /** The run whose full set of connections is known. */
  readonly syncedRunId: string | null;
  readonly agent: Agent;
  /** Undefined: nothing of it is stored yet. */
  readonly latest: LatestRecord | undefined;
}

/** Where host_latest stands. */
export interface LatestRecord {
  /** Grows with every change of the host, by one. */
  readonly cursor: number;
  /** The snapshot whose counts stand. */
  readonly countedAt: number | null;
  /** The newest complete snapshot of the host's own namespace. */
  readonly completeAt: number | null;
  /** Open connections of all namespaces. */
  readonly connections: number;
}

/** Somebody else has written of a host since we read of it: nothing was stored, and it must be read again. */
export class StaleHostError extends Error {
  constructor() {
    super('Another server has written of a host of this group meanwhile.');
    this.name = 'StaleHostError';
  }
}
