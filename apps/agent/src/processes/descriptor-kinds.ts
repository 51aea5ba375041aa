import { type DescriptorUse, type Process } from '@closewatch/protocol';

export type KindCounts = NonNullable<DescriptorUse['kinds']>;

/** What the link of a descriptor says that it is open on (proc_pid_fd(5)). Devices and memory files are no files. */
export function kindOf(link: string): keyof KindCounts {
  if (link.startsWith('socket:[')) return 'sockets';
  if (link.startsWith('pipe:[')) return 'pipes';
  return link.startsWith('/') && !link.startsWith('/dev/') && !link.startsWith('/memfd:') ? 'files' : 'other';
}

export const noKinds = (): KindCounts => ({ sockets: 0, files: 0, pipes: 0, other: 0 });

/**
 * What the descriptors of processes that hold tracked sockets are open on, counted by the survey that follows all of them
 * anyway: as old as that, a minute or some.
 */
export class DescriptorKinds {
  readonly #byPid = new Map<number, { readonly startedAt: string; readonly kinds: KindCounts; round: number }>();
  #round = 0;

  of({ pid, startedAt }: Pick<Process, 'pid' | 'startedAt'>): KindCounts | undefined {
    const counted = this.#byPid.get(pid);
    return counted?.startedAt === startedAt ? counted.kinds : undefined;
  }

  note({ pid, startedAt }: Pick<Process, 'pid' | 'startedAt'>, kinds: KindCounts): void {
    this.#byPid.set(pid, { startedAt, kinds, round: this.#round });
  }

  /** A survey is through: who was not met in it is forgotten. */
  endRound(): void {
    for (const [pid, { round }] of this.#byPid) if (round !== this.#round) this.#byPid.delete(pid);
    this.#round++;
  }
}
