import { type HostDetails } from '@closewatch/protocol';
import { isKernelFact, kernelFacts, type SectionContents, type WholeKind } from './section-kinds.ts';
import { type Section, type Sections } from './sections.queries.ts';

/** The details of one namespace; those of the whole host are apart. */
export type NamespaceDetails = Omit<HostDetails, 'namespaces'>;

/** The newest sections as people read them, each with when it was taken. */
export function namespaceDetails(sections: Sections): NamespaceDetails {
  const evidence = whole(sections, 'evidence');
  return {
    evidence: evidence === null ? null : { takenAt: evidence.takenAt, items: evidence.content },
    orphans: spread(whole(sections, 'orphans')),
    pressureStall: spread(whole(sections, 'pressureStall')),
    processes: spread(whole(sections, 'processes')),
    ports: spread(whole(sections, 'ports')),
    kernel: kernel(sections),
  };
}

interface Whole<Content> {
  readonly takenAt: string;
  readonly content: Content;
}

function whole<Kind extends WholeKind>(sections: Sections, kind: Kind): Whole<SectionContents[Kind]> | null {
  // Parsed by its schema when it came; the kind says by which.
  return (sections.get(kind) as Whole<SectionContents[Kind]> | undefined) ?? null;
}

function spread<Content extends object>(section: Whole<Content> | null): (Content & { takenAt: string }) | null {
  return section === null ? null : { takenAt: section.takenAt, ...section.content };
}

function kernel(sections: Sections): NamespaceDetails['kernel'] {
  const told = [...sections].filter(([kind]) => isKernelFact(kind));
  const facts = kernelFacts(told.map(([kind, { content }]) => [kind, content]));
  if (facts === undefined) return null;
  return { takenAt: newest(told.map(([, section]) => section)), ...facts };
}

/** Instants of one form sort as texts. */
function newest(sections: readonly Section[]): string {
  return sections.reduce((latest, { takenAt }) => (takenAt > latest ? takenAt : latest), '');
}
