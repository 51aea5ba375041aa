import { type KernelFacts } from '@closewatch/protocol';
import { type SectionNews } from './told-sections.queries.ts';
import { type Told, type ToldSections } from './told-sections.ts';
import { kernelFacts } from '../sections/section-kinds.ts';

/** What an earlier run of the agent said of processes need not be so any more: the processes may be others. */
const OF_THIS_RUN = new Set(['evidence', 'orphans', 'pressureStall', 'processes']);

/** The newest sections of one host, by namespace. */
export class SectionMemory {
  private readonly namespaces = new Map<number, Map<string, Told<unknown>>>();
  private readonly newest = new Map<number, number>();

  /** The instant, in milliseconds, after which sections of a namespace are news; null: all are. */
  newestOf(netns: number): number | null {
    return this.newest.get(netns) ?? null;
  }

  /** Of other namespaces all is forgotten. */
  forgetAllBut(namespaces: ReadonlySet<number>): void {
    for (const netns of this.newest.keys()) {
      if (namespaces.has(netns)) continue;
      this.newest.delete(netns);
      this.namespaces.delete(netns);
    }
  }

  remember({ netns, kind, takenAt, ofThisRun, content }: SectionNews): void {
    const at = takenAt.getTime();
    this.newest.set(netns, Math.max(this.newest.get(netns) ?? 0, at));
    let ofNamespace = this.namespaces.get(netns);
    if (ofNamespace === undefined) this.namespaces.set(netns, (ofNamespace = new Map<string, Told<unknown>>()));
    if (!ofThisRun && OF_THIS_RUN.has(kind)) ofNamespace.delete(kind);
    else ofNamespace.set(kind, { takenAt: at, content });
  }

  /** The agent was started anew: what it said of processes is forgotten. */
  forgetRun(): void {
    for (const ofNamespace of this.namespaces.values()) for (const kind of OF_THIS_RUN) ofNamespace.delete(kind);
  }

  /** What is known of a namespace. */
  of(netns: number): ToldSections {
    const told = this.namespaces.get(netns);
    if (told === undefined) return {};
    // As they were parsed when they came, and stored (sections/section-kinds.ts).
    const whole = Object.fromEntries([...told].filter(([kind]) => !kind.startsWith('kernel.'))) as ToldSections;
    const facts = kernelFacts([...told].map(([kind, { content }]) => [kind, content] as const));
    return facts === undefined ? whole : { ...whole, kernel: this.kernel(facts, told) };
  }

  private kernel(content: KernelFacts, told: ReadonlyMap<string, Told<unknown>>): Told<KernelFacts> {
    const instants = [...told].filter(([kind]) => kind.startsWith('kernel.')).map(([, { takenAt }]) => takenAt);
    return { takenAt: Math.max(...instants), content };
  }
}
