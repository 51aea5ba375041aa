import type { ProcessEvidence, ThreadWait } from '@closewatch/protocol';
import { argumentsOf, baseName } from '../ui/process-name.ts';

/** One process that holds CLOSE_WAIT, with what its line shows worked out. */
export interface EvidenceRow {
  readonly evidence: ProcessEvidence;
  readonly key: string;
  readonly name: string;
  readonly arguments: string;
  /** The unit or the start of the container's id it runs in. */
  readonly place: string | null;
  /** Threads by state letter, most first. */
  readonly states: readonly { readonly letter: string; readonly threads: number }[];
  /** Where most threads wait: kernel function and system call, most first. */
  readonly waits: readonly { readonly label: string; readonly threads: number }[];
}

/** More waits than these tell nothing more. */
const WAITS = 3;
const SHORT_ID = 12;

/** The worst holders first. */
export function evidenceRows(items: readonly ProcessEvidence[]): EvidenceRow[] {
  return items
    .toSorted((a, b) => held(b) - held(a) || a.process.pid - b.process.pid)
    .map((evidence) => {
      const { process, waits } = evidence;
      return {
        evidence,
        key: `${process.pid} ${process.startedAt}`,
        name: baseName(process.executable),
        arguments: argumentsOf(process),
        place: process.containerId?.slice(0, SHORT_ID) ?? process.unit ?? null,
        states: summed(waits.map(({ state, threads }) => [state, threads])).map(([letter, threads]) => ({
          letter,
          threads,
        })),
        waits: summed(waits.flatMap((wait) => labelled(wait)))
          .slice(0, WAITS)
          .map(([label, threads]) => ({ label, threads })),
      };
    });
}

function held({ closeWait, orphaned }: ProcessEvidence): number {
  return closeWait + orphaned;
}

/** A running thread waits nowhere. */
function labelled({ wchan, syscall, threads }: ThreadWait): [string, number][] {
  if (wchan === null && syscall === null) return [];
  return [[wchan !== null && syscall !== null ? `${wchan} (${syscall})` : (wchan ?? syscall ?? ''), threads]];
}

function summed(pairs: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [name, number] of pairs) sums.set(name, (sums.get(name) ?? 0) + number);
  return [...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
