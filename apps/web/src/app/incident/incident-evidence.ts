import { Component, computed, inject, input } from '@angular/core';
import type { IncidentEvidence } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { ProcessEvidencePanel } from '../evidence/process-evidence.ts';
import { Formats } from '../i18n/formats.ts';
import { StateGroups } from '../ui/state-groups.ts';
import { EvidenceConnections } from './evidence-connections.ts';
import { evidenceRounds, type EvidencePiece } from './evidence-pieces.ts';
import { EvidenceTwoEnds } from './evidence-two-ends.ts';

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
  imports: [EvidenceConnections, EvidenceTwoEnds, ProcessEvidencePanel, StateGroups, TranslocoPipe],
  templateUrl: './incident-evidence.html',
  styleUrl: './incident-evidence.scss',
})
export class IncidentEvidenceBoard {
  readonly evidence = input.required<readonly IncidentEvidence[]>();

  protected readonly formats = inject(Formats);
  protected readonly rounds = computed(() => evidenceRounds(this.evidence()));

  protected titleOf(piece: EvidencePiece): string {
    return TITLES[piece.of === 'facts' ? piece.kind : piece.of];
  }
}
