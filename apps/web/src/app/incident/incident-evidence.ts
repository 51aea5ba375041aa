import { Component, computed, inject, input } from '@angular/core';
import { ProcessEvidenceSchema, StateCountsSchema, type IncidentEvidence } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { ProcessEvidencePanel } from '../evidence/process-evidence.ts';
import { Formats } from '../i18n/formats.ts';
import { StateGroups } from '../ui/state-groups.ts';
import { factsOf } from './evidence-facts.ts';

/** Translation keys of the kinds. */
const TITLES: Readonly<Record<IncidentEvidence['kind'], string>> = {
  process: 'incidentPage.evidenceProcess',
  connections: 'incidentPage.evidenceConnections',
  peers: 'incidentPage.evidencePeers',
  orphans: 'incidentPage.evidenceOrphans',
  pressure_stall: 'incidentPage.evidencePressure',
  ports: 'incidentPage.evidencePorts',
  kernel: 'incidentPage.evidenceKernel',
  accept_queue: 'incidentPage.evidenceAcceptQueue',
  two_ends: 'incidentPage.evidenceTwoEnds',
  counts: 'incidentPage.evidenceCounts',
};

/** What was gathered when it fired, newest first: it is kept when the samples of that time are gone. */
@Component({
  selector: 'cw-incident-evidence',
  imports: [ProcessEvidencePanel, StateGroups, TranslocoPipe],
  templateUrl: './incident-evidence.html',
  styleUrl: './incident-evidence.scss',
})
export class IncidentEvidenceBoard {
  readonly evidence = input.required<readonly IncidentEvidence[]>();

  protected readonly formats = inject(Formats);
  protected readonly titles = TITLES;
  /** Each gathering is a round: pieces of one instant. */
  protected readonly rounds = computed(() => {
    const rounds = new Map<string, IncidentEvidence[]>();
    for (const piece of this.evidence()) {
      rounds.set(piece.capturedAt, [...(rounds.get(piece.capturedAt) ?? []), piece]);
    }
    return [...rounds]
      .map(([capturedAt, pieces]) => ({ capturedAt, atMs: Date.parse(capturedAt), pieces: pieces.map(shown) }))
      .sort((a, b) => b.atMs - a.atMs);
  });
}

/** With what the page has a picture for parsed; the rest as facts. */
function shown({ number, capturedAt, kind, content }: IncidentEvidence) {
  const process = kind === 'process' ? ProcessEvidenceSchema.safeParse(content) : undefined;
  const counts = kind === 'counts' ? StateCountsSchema.safeParse(content) : undefined;
  const pictured = process?.success === true || counts?.success === true;
  return {
    number,
    kind,
    process: process?.success ? { takenAt: capturedAt, items: [process.data] } : null,
    counts: counts?.success ? counts.data : null,
    facts: pictured ? [] : factsOf(content),
  };
}
