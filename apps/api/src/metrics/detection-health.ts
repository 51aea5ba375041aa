import { Injectable } from '@nestjs/common';

/** How a round of detection went. */
export interface DetectionRound {
  /** Shards of hosts that this server watches over, and the hosts in them. */
  readonly shards: number;
  readonly hosts: number;
  /** Of these such that could not be looked at. */
  readonly troubled: number;
  readonly tookMs: number;
  /** When it ended, milliseconds since the epoch. */
  readonly endedAt: number;
}

/** Connections to the database, as a pool of pg counts them. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What detection on this server tells of itself. */
@Injectable()
export class DetectionHealth {
  /** Undefined: there was none yet. */
  round: DetectionRound | undefined;
  /** Undefined: this server does not detect. */
  pool: PoolCounts | undefined;
}
