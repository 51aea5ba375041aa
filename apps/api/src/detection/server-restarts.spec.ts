import { expect, it } from '@jest/globals';
import {
  advance,
  DEFAULT_THRESHOLDS,
  type IncidentChange,
  leakKey,
  type LeakSubject,
  type OpenIncident,
  type ResolvedIncident,
} from '@closewatch/socket-states';
import fc from 'fast-check';
import { type Sql } from '../database/data-source.ts';
import { type LeakedLifetimes } from './leak-history.queries.ts';
import { leakDetection } from './leak-detection.ts';
import { replaySamples } from './leak-replay.ts';
import { leakSubjectOf } from './leak-subject.ts';
import { LeakWindows } from './leak-windows.ts';
import { type SeenLeak } from './seen-leak.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP_MS = 10_000;
/** In the middle of an hour. */
const BEGIN = 500_000 * HOUR + 17 * MINUTE;
const LAST = 110;
const row = {
  direction: 'inbound' as const,
  port: 8_080,
  address: null,
  ownership: 'known' as const,
  executable: 'node',
  unit: 'shop.service',
  container: null,
  orphaned: false,
  count: 1,
};
const SUBJECT: LeakSubject = leakSubjectOf(0, row);
const KEY = leakKey(SUBJECT);

/** One every two seconds, from a minute after BEGIN to another; all of them are closed at a third. */
const leaking = (from: number, until: number, closed: number): LeakedLifetimes[] =>
  Array.from({ length: (until - from) * 30 }, (_, index) => ({
    ...row,
    openedAt: new Date(BEGIN + from * MINUTE + index * 2_000),
    endedAt: new Date(BEGIN + closed * MINUTE),
  }));
/** Told, mended, back while it clears, recovered, back soon after that, and mended for good. */
const LIFETIMES = [...leaking(3, 8, 12), ...leaking(20, 32, 36), ...leaking(58, 74, 76)];
const INSTANTS = Array.from({ length: (LAST * MINUTE) / STEP_MS }, (_, step) => BEGIN + step * STEP_MS);

/** What a server that begins at an instant reads of what was. */
function stored(to: number): Sql {
  const lifetimes = LIFETIMES.filter(({ openedAt }) => openedAt.getTime() <= to - MINUTE).map((lifetime) => ({
    ...lifetime,
    endedAt: lifetime.endedAt !== null && lifetime.endedAt.getTime() <= to ? lifetime.endedAt : null,
  }));
  const instants = INSTANTS.filter((at) => at <= to);
  const hours = [...new Set(instants.map((at) => at - (at % HOUR)))];
  const times = [
    ...hours.map((hour) => ({ hour: new Date(hour), at: null })),
    ...instants.map((at) => ({ hour: null, at: new Date(at) })),
  ];
  const query = (text: string): Promise<unknown> => Promise.resolve(text.includes('snapshot_pack') ? times : lifetimes);
  return { query } as unknown as Sql;
}

function seen(at: number, before: number): SeenLeak[] {
  const there = LIFETIMES.filter(
    ({ openedAt, endedAt }) => openedAt.getTime() <= at && (endedAt?.getTime() ?? Infinity) > at,
  );
  const [first] = there;
  if (first === undefined) return [];
  const [sample] = replaySamples(there, [at], false);
  if (sample === undefined) return [];
  const becameLeaked = ({ openedAt }: LeakedLifetimes): boolean => {
    const leakedAt = openedAt.getTime() + MINUTE;
    return leakedAt > before && leakedAt <= at;
  };
  return [
    {
      subject: SUBJECT,
      key: KEY,
      processes: [],
      count: there.length,
      leaked: sample.leaked,
      old: sample.old,
      opened: there.filter(becameLeaked).length,
      young: sample.young,
      orphaned: 0,
      acceptQueue: null,
      oldestAt: first.openedAt.getTime(),
      finding: {
        verdict: 'unknown',
        confidence: 0,
        for: [],
        against: [],
        missing: [],
        advice: { key: '', parameters: {} },
      },
      evidence: undefined,
      heldShare: 1,
      evidenceAt: null,
    },
  ];
}

/** The timeline of all that is told, by servers of which one follows the other at some of the instants. */
async function told(restarts: readonly number[]): Promise<string[]> {
  const { incidents } = DEFAULT_THRESHOLDS;
  const events: IncidentChange[] = [];
  let windows = new LeakWindows();
  let open: OpenIncident | null = null;
  let lastResolved: ResolvedIncident | null = null;
  let before = BEGIN - STEP_MS;
  for (const [step, at] of INSTANTS.entries()) {
    const kept = new Set(open === null ? [] : [KEY]);
    if (restarts.includes(step)) {
      windows = new LeakWindows();
      await windows.rebuild(stored(at), { hostId: 1, netns: 0, to: at, intervalMs: STEP_MS }, false, kept);
    }
    const leaks = seen(at, before);
    windows.take(leaks, at, STEP_MS, kept);
    before = at;
    const [leak = { ...seen(BEGIN + 4 * MINUTE, 0)[0], leaked: 0 } as SeenLeak] = leaks;
    const { detection } = leakDetection(leak, windows, at, DEFAULT_THRESHOLDS, { clockOffsetMs: 0, toldAt: null });
    const given = { at, hostSilentSince: null, restartedAt: null, lastResolved };
    // Nothing but JSON outlives a server.
    const known = JSON.parse(JSON.stringify(open)) as OpenIncident | null;
    const next = advance(known, detection, given, incidents);
    events.push(...next.events);
    open = next.outcome === 'resolved' ? null : next.incident;
    if (next.incident !== null && next.resolvedAs !== null) {
      lastResolved = { id: 'x', resolvedAt: at, resolvedAs: next.resolvedAs, incident: next.incident };
    }
  }
  return events.map(({ kind, at }) => `${kind} ${(at - BEGIN) / MINUTE}`);
}

const kindsOf = (events: readonly string[]): string[] => events.map((event) => event.slice(0, event.indexOf(' ')));

it('servers that follow each other at whatever instants tell the same as one that stays', async () => {
  const alone = await told([]);
  expect(kindsOf(alone)).toEqual([
    'opened',
    'clearing',
    'reopened',
    'clearing',
    'resolved',
    'reopened',
    'clearing',
    'resolved',
  ]);
  const instants = fc.array(fc.integer({ min: 0, max: LAST * 6 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(instants, async (restarts) => {
      expect(await told(restarts)).toEqual(alone);
    }),
    { numRuns: 20 },
  );
});
