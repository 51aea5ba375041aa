import type { Agent, Snapshot } from '@closewatch/protocol';

/** What apps/agent/src/testing/many-uplinks.ts is told. Hosts go by their numbers. */
export type Order =
  | {
      readonly kind: 'begin';
      readonly server: string;
      readonly token: string;
      readonly tokenFile: string;
      /** For the outboxes. */
      readonly folder: string;
    }
  | {
      readonly kind: 'run';
      readonly host: number;
      readonly agentId: string;
      readonly run: { readonly runId: string; readonly bootId: string };
      readonly agent: Agent;
    }
  | { readonly kind: 'round'; readonly host: number; readonly snapshots: readonly Snapshot[] }
  | { readonly kind: 'stop' };

/** How it stands with the hosts of a process, since it began. */
export interface Tally {
  readonly hosts: number;
  /** Hosts whose newest snapshots arrive. */
  readonly connected: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** Snapshots in outboxes. */
  readonly waiting: number;
  readonly residentBytes: number;
}

/** What it says. */
export type Report =
  | ({ readonly kind: 'tally' } & Tally)
  | { readonly kind: 'resync'; readonly host: number }
  | { readonly kind: 'said'; readonly host: number; readonly line: string };
