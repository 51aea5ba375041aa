import {
  type FinWaits,
  type KernelFacts,
  type Orphans,
  type Ports,
  type PressureStall,
  type ProcessEvidence,
  type ProcessTable,
  type Snapshot,
  type Turnover,
} from '@closewatch/protocol';

/** Sections that are kept as a whole: a newer one takes the place of an older one. */
export interface SectionContents {
  readonly orphans: Orphans;
  readonly evidence: ProcessEvidence[];
  readonly pressureStall: PressureStall;
  readonly processes: ProcessTable;
  readonly turnover: Turnover[];
  readonly ports: Ports;
  readonly finWaits: FinWaits;
}
export type WholeKind = keyof SectionContents;

export const WHOLE_KINDS: readonly WholeKind[] = [
  'orphans',
  'evidence',
  'pressureStall',
  'processes',
  'turnover',
  'ports',
  'finWaits',
];

const COUNTER = 'kernel.counter.';
const SYSCTL = 'kernel.sysctl.';
const FILE_HANDLES = 'kernel.fileHandles';

/** What a snapshot tells, by the kind under which it is kept. */
export function* sectionsOf(snapshot: Snapshot): Generator<readonly [kind: string, content: unknown]> {
  for (const kind of WHOLE_KINDS) if (snapshot[kind] !== undefined) yield [kind, snapshot[kind]];
  // A snapshot carries only the facts that changed: each is kept under a kind of its own, so that late ones find their place.
  for (const [name, value] of Object.entries(snapshot.kernel?.counters ?? {})) yield [COUNTER + name, value];
  for (const [name, value] of Object.entries(snapshot.kernel?.sysctls ?? {})) yield [SYSCTL + name, value];
  if (snapshot.kernel?.fileHandles !== undefined) yield [FILE_HANDLES, snapshot.kernel.fileHandles];
}

/** Kernel facts put together again from what {@link sectionsOf} took apart; undefined where there are none. */
export function kernelFacts(told: Iterable<readonly [kind: string, content: unknown]>): KernelFacts | undefined {
  const counters: Record<string, unknown> = {};
  const sysctls: Record<string, unknown> = {};
  let fileHandles: unknown;
  for (const [kind, content] of told) {
    if (kind.startsWith(COUNTER)) counters[kind.slice(COUNTER.length)] = content;
    else if (kind.startsWith(SYSCTL)) sysctls[kind.slice(SYSCTL.length)] = content;
    else if (kind === FILE_HANDLES) fileHandles = content;
  }
  const facts = {
    ...(Object.keys(counters).length === 0 ? {} : { counters }),
    ...(Object.keys(sysctls).length === 0 ? {} : { sysctls }),
    ...(fileHandles === undefined ? {} : { fileHandles }),
  };
  return Object.keys(facts).length === 0 ? undefined : (facts as KernelFacts);
}

export const isKernelFact = (kind: string): boolean => kind.startsWith('kernel.');
