import type { IncidentEvidence } from '@closewatch/protocol';
import { AT, AT_MS, connection, evidence } from '../../testing/builders.ts';
import { evidenceRounds } from './evidence-pieces.ts';

const LATER = new Date(AT_MS + 60_000).toISOString();
const piece = (
  number: number,
  kind: IncidentEvidence['kind'],
  content: unknown,
  capturedAt = AT,
): IncidentEvidence => ({
  number,
  capturedAt,
  kind,
  content,
});
const shapes = (pieces: readonly IncidentEvidence[]) =>
  evidenceRounds(pieces).map((round) => round.pieces.map(({ number, of }) => `${number} ${of}`));

describe('evidenceRounds', () => {
  it('gathers what was seen at one instant, the newest first', () => {
    const pieces = [
      piece(1, 'process', evidence(7)),
      piece(2, 'peers', { total: 1, items: [{ address: '10.0.0.2', count: 3 }] }),
      piece(3, 'connections', { total: 9, items: [connection()] }, LATER),
    ];
    expect(shapes(pieces)).toEqual([['3 connections'], ['1 process', '2 peers']]);
  });

  it('shows what it has no picture for, or what has another shape, as facts', () => {
    expect(shapes([piece(1, 'kernel', { counters: { TW: 7 } }), piece(2, 'process', { pid: 7 })])).toEqual([
      ['1 facts', '2 facts'],
    ]);
    const [round] = evidenceRounds([piece(1, 'kernel', { counters: { TW: 7 } })]);
    expect(round?.pieces[0]).toMatchObject({ kind: 'kernel', facts: [{ name: 'counters' }, { name: 'TW', value: 7 }] });
  });
});
