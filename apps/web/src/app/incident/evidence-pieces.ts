import { INCIDENT_EVIDENCE_CONTENTS, type IncidentEvidence, type IncidentEvidenceContents } from '@closewatch/protocol';
import { factsOf, type Fact } from './evidence-facts.ts';

/** One thing that was gathered: of a kind that the page has a picture for, else as facts. */
export type EvidencePiece = { readonly number: number; readonly capturedAt: string } & (
  | { readonly of: 'process'; readonly content: IncidentEvidenceContents['process'] }
  | { readonly of: 'counts'; readonly content: IncidentEvidenceContents['counts'] }
  | { readonly of: 'connections'; readonly content: IncidentEvidenceContents['connections'] }
  | { readonly of: 'peers'; readonly content: IncidentEvidenceContents['peers'] }
  | { readonly of: 'two_ends'; readonly content: IncidentEvidenceContents['two_ends'] }
  | { readonly of: 'facts'; readonly kind: IncidentEvidence['kind']; readonly facts: readonly Fact[] }
);

export interface EvidenceRound {
  readonly atMs: number;
  readonly pieces: readonly EvidencePiece[];
}

/** Each gathering is a round: what was seen at one instant. The newest first. */
export function evidenceRounds(evidence: readonly IncidentEvidence[]): readonly EvidenceRound[] {
  const rounds = Map.groupBy(evidence, ({ capturedAt }) => Date.parse(capturedAt));
  return [...rounds]
    .map(([atMs, pieces]) => ({ atMs, pieces: pieces.map((piece) => pieceOf(piece)) }))
    .sort((a, b) => b.atMs - a.atMs);
}

/** What an older server stored in another shape is shown as what it is. */
function pieceOf({ number, capturedAt, kind, content }: IncidentEvidence): EvidencePiece {
  const piece = { number, capturedAt };
  switch (kind) {
    case 'process': {
      const { data } = INCIDENT_EVIDENCE_CONTENTS.process.safeParse(content);
      if (data !== undefined) return { ...piece, of: kind, content: data };
      break;
    }
    case 'counts': {
      const { data } = INCIDENT_EVIDENCE_CONTENTS.counts.safeParse(content);
      if (data !== undefined) return { ...piece, of: kind, content: data };
      break;
    }
    case 'connections': {
      const { data } = INCIDENT_EVIDENCE_CONTENTS.connections.safeParse(content);
      if (data !== undefined) return { ...piece, of: kind, content: data };
      break;
    }
    case 'peers': {
      const { data } = INCIDENT_EVIDENCE_CONTENTS.peers.safeParse(content);
      if (data !== undefined) return { ...piece, of: kind, content: data };
      break;
    }
    case 'two_ends': {
      const { data } = INCIDENT_EVIDENCE_CONTENTS.two_ends.safeParse(content);
      if (data !== undefined) return { ...piece, of: kind, content: data };
      break;
    }
    // Lists of numbers and names are told line by line.
    case 'orphans':
    case 'pressure_stall':
    case 'ports':
    case 'kernel':
    case 'accept_queue':
  }
  return { ...piece, of: 'facts', kind, facts: factsOf(content) };
}
