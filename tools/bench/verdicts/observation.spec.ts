import { expect, it } from '@jest/globals';
import type { Incident, LeakGroup } from '@closewatch/protocol';
import {
  delayMs,
  incidentsAbout,
  judgedAtLast,
  lookAt,
  steadiness,
  type Look,
  type Observation,
} from './observation.ts';
import { EXHIBITIONS } from './trials.ts';

const group = (port: number, count: number, verdict: LeakGroup['finding']['verdict']): LeakGroup => ({
  subject: { netns: 0, service: null, ownership: 'known', direction: 'inbound', endpoint: { address: null, port } },
  processes: [],
  count,
  leaked: count,
  orphaned: 0,
  oldestSeconds: 60,
  finding: { verdict, confidence: 0.9, for: [], against: [], missing: [], advice: { key: 'advice.x', parameters: {} } },
  level: 'none',
  slopePerHour: null,
  timeLeftSeconds: 30,
  incidentId: null,
});
const look = (at: number, judged: Look['judged']): Look => ({
  at,
  judged,
  confidence: 1,
  count: 1,
  leaked: 1,
  timeLeftMs: null,
});
const observed = (differences: Partial<Observation>): Observation => {
  const trial = EXHIBITIONS[0]?.trials[0];
  if (trial === undefined) throw new Error('no trials');
  return { trial, port: 80, startedAt: 1_000, looks: [], incidents: [], ranOutAt: null, ...differences };
};

it('looks at the larger group of a port', () => {
  const groups = [group(80, 2, 'busy'), group(80, 3, 'stopped'), group(81, 9, 'turnover')];
  expect(lookAt(groups, 80, 5)).toMatchObject({ judged: 'stopped', count: 3, timeLeftMs: 30_000 });
  expect(lookAt(groups, 82, 5).judged).toBe('none');
});

it('holds what is said at last against what was said since it settled', () => {
  const looks = [look(2_000, 'unknown'), look(90_000, 'busy'), look(95_000, 'stopped'), look(99_000, 'busy')];
  expect(judgedAtLast(observed({ looks }))).toBe('busy');
  expect(steadiness(observed({ looks }))).toBeCloseTo(2 / 3);
  expect(steadiness(observed({ looks: looks.slice(0, 1) }))).toBeNaN();
});

it('measures the delay to the first incident by the leak rule', () => {
  const incident = (rule: string, openedAt: string): Incident =>
    ({ rule, openedAt, subject: { of: 'host' } }) as unknown as Incident;
  const incidents = [
    incident('descriptors', '1970-01-01T00:00:10.000Z'),
    incident('leak', '1970-01-01T00:01:30.000Z'),
    incident('leak', '1970-01-01T00:01:21.000Z'),
  ];
  expect(delayMs(observed({ incidents }))).toBe(80_000);
  expect(delayMs(observed({}))).toBeNull();
  expect(incidentsAbout(incidents, 80)).toEqual([]);
});

it('puts every verdict on trial, and leaves none of the languages out', () => {
  const trials = EXHIBITIONS.flatMap((exhibition) => exhibition.trials);
  const verdicts = new Set(trials.map(({ verdict }) => verdict));
  expect(verdicts).toContain('turnover');
  expect([...verdicts].filter((verdict) => verdict !== null)).toHaveLength(14);
  expect(new Set(trials.map(({ runtime }) => runtime)).size).toBe(3);
});
