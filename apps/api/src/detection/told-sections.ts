import {
  type FinWaits,
  type KernelFacts,
  type Orphans,
  type Ports,
  type PressureStall,
  type ProcessEvidence,
  type Turnover,
} from '@closewatch/protocol';

/** A section as the newest snapshot that told it has it; `takenAt` in milliseconds since the epoch. */
export interface Told<Content> {
  readonly takenAt: number;
  readonly content: Content;
}

/** A process near the bound of its descriptors. */
export interface PressedProcess {
  readonly executable: string;
  readonly unit: string | null;
  readonly containerId: string | null;
  readonly pid: number;
  readonly startedAt: string;
  readonly used: number;
  readonly limit: number;
}

/** What detection knows of one namespace of a host beside its connections: of each section the newest. */
export interface ToldSections {
  readonly evidence?: Told<readonly ProcessEvidence[]>;
  readonly orphans?: Told<Orphans>;
  readonly pressureStall?: Told<PressureStall>;
  readonly turnover?: Told<readonly Turnover[]>;
  readonly ports?: Told<Ports>;
  readonly finWaits?: Told<FinWaits>;
  /** Of the process table those that use a good part of their descriptors. */
  readonly processes?: Told<readonly PressedProcess[]>;
  /** Each fact as it was told last; `takenAt` is that of the newest. */
  readonly kernel?: Told<KernelFacts>;
}

/** What passed through CLOSE_WAIT longer ago says nothing of those that are in it now. */
export const PASSED_LATELY_MS = 60_000;
/** Evidence is told with each snapshot, or when all of many processes have had their turn. */
const EVIDENCE_STANDS_MS = 600_000;
const EVIDENCE_INTERVALS = 30;

/** Without what is too old to judge a snapshot by that was taken at `at`; milliseconds. */
export function sectionsThatStand(
  { evidence, turnover, ...others }: ToldSections,
  { at, intervalMs }: { readonly at: number; readonly intervalMs: number },
): ToldSections {
  const evidenceSince = at - Math.max(EVIDENCE_STANDS_MS, EVIDENCE_INTERVALS * intervalMs);
  return {
    ...others,
    ...(evidence !== undefined && evidence.takenAt >= evidenceSince ? { evidence } : {}),
    ...(turnover !== undefined && turnover.takenAt > at - PASSED_LATELY_MS ? { turnover } : {}),
  };
}
