import { AgentSchema, SnapshotSchema, type Snapshot } from '@closewatch/protocol';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agentOf, planHost } from './host.ts';
import { lookFrom } from './looks.ts';
import { LEAK_KINDS, LINE_UP } from './roles.ts';
import { roundAt, type Round } from './snapshot.ts';
import { liveTelling, pastTelling } from './telling.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const hosts = fc.integer({ min: 0, max: 2_000 });
const instants = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 11, 31) });
const intervals = fc.constantFrom(5_000, 10_000, 60_000);

/** The looks of a host from an instant on, those that it makes. */
function roundsFrom(seed: number, index: number, atMs: number, intervalMs: number, count: number): Round[] {
  const plan = planHost(seed, index);
  const first = lookFrom(plan, intervalMs, atMs);
  const telling = liveTelling(intervalMs);
  return Array.from({ length: count }, (_, i) => roundAt(plan, first + i, telling)).flatMap((round) => round ?? []);
}

function total(counts: object): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + Number(count ?? 0), 0);
}

/** What never changes of a connection, as one text. */
function lasting({
  local,
  peer,
  openedAfter,
  openedBefore,
  firstSeenAt,
  owners,
}: Snapshot['connections'][number]): string {
  return JSON.stringify([local, peer, openedAfter, openedBefore, firstSeenAt, owners]);
}

/** CLOSE_WAIT that nobody is told of one by one: younger than two looks, or passing. */
function untold({ counts, connections }: Snapshot): number {
  return (counts.close_wait ?? 0) - connections.filter(({ endedAt }) => endedAt === undefined).length;
}

describe('the simulated world', () => {
  it('says only what the protocol takes, and in the words the protocol would store', () => {
    fc.assert(
      fc.property(seeds, hosts, instants, intervals, fc.boolean(), (seed, index, atMs, intervalMs, live) => {
        const plan = planHost(seed, index);
        expect(AgentSchema.parse(agentOf(plan))).toEqual(agentOf(plan));
        const telling = live ? liveTelling(intervalMs) : pastTelling(intervalMs);
        const first = lookFrom(plan, intervalMs, atMs);
        for (let number = first; number < first + 4; number++) {
          for (const snapshot of roundAt(plan, number, telling)?.snapshots ?? []) {
            expect(SnapshotSchema.parse(snapshot)).toEqual(snapshot);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is the same whenever and in whatever order it is asked', () => {
    fc.assert(
      fc.property(seeds, hosts, instants, intervals, (seed, index, atMs, intervalMs) => {
        const forwards = roundsFrom(seed, index, atMs, intervalMs, 3);
        roundsFrom(seed + 1, index + 1, atMs - DAY_MS, intervalMs, 2);
        expect(roundsFrom(seed, index, atMs, intervalMs, 3)).toEqual(forwards);
      }),
      { numRuns: 6 },
    );
  });

  it('counts what it lists, and every socket that is not in TIME_WAIT belongs to a process or to the kernel', () => {
    fc.assert(
      fc.property(seeds, hosts, instants, (seed, index, atMs) => {
        for (const { snapshots } of roundsFrom(seed, index, atMs, 10_000, 7)) {
          for (const { processes, ports, counts, finWaits, ...snapshot } of snapshots) {
            if (snapshot.complete) expect(untold({ ...snapshot, counts })).toBeGreaterThanOrEqual(0);
            if (processes !== undefined) {
              const held = processes.items.reduce((sum, item) => sum + total(item.counts), 0);
              expect(held + processes.others + processes.unowned).toBe(total(counts) - (counts.time_wait ?? 0));
              for (const { descriptors, counts: own } of processes.items) {
                expect(descriptors.used).toBeLessThanOrEqual(descriptors.limit ?? 0);
                expect(descriptors.used).toBeGreaterThan(total(own));
              }
            }
            if (ports !== undefined) {
              const inTimeWait = ports.destinations.reduce((sum, { timeWait }) => sum + timeWait, 0);
              expect(inTimeWait).toBeLessThanOrEqual(counts.time_wait ?? 0);
              expect(ports.timeWait?.count).toBe(counts.time_wait);
              for (const { used, available } of ports.destinations) expect(used).toBeLessThanOrEqual(available);
            }
            if (finWaits !== undefined) expect(finWaits.finWait2.total).toBe(counts.fin_wait_2);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('keeps a socket what it is from sight to sight, and ends each that it does not list any more', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: LINE_UP.length - 1 }), instants, (seed, index, atMs) => {
        const known = new Map<string, Snapshot['connections'][number]>();
        let run = '';
        for (const round of roundsFrom(seed, index, atMs, 60_000, 40)) {
          const [own] = round.snapshots;
          if (own === undefined || round.run.runId !== run) known.clear();
          run = round.run.runId;
          if (own === undefined) continue;
          const open = new Set<string>();
          for (const connection of own.connections) {
            const { socketId } = connection;
            const before = known.get(socketId);
            if (before !== undefined && lasting(before) !== lasting(connection)) {
              expect(connection).toEqual(before);
            }
            if (connection.endedAt === undefined) {
              if (before?.endedAt !== undefined) throw new Error(`${socketId} is open again after its end`);
              if (connection.lastSeenAt !== own.takenAt) throw new Error(`${socketId} is open and was not seen`);
              open.add(socketId);
            } else if (connection.endedAt <= connection.lastSeenAt) {
              throw new Error(`${socketId} was seen after its end`);
            }
            known.set(socketId, connection);
          }
          if (!own.complete) continue;
          for (const [socketId, connection] of known) {
            // One look that misses it is not yet an end.
            if (connection.endedAt !== undefined || open.has(socketId)) continue;
            expect(Date.parse(own.takenAt) - Date.parse(connection.lastSeenAt)).toBeLessThanOrEqual(60_000 + 20);
          }
        }
      }),
      { numRuns: 6 },
    );
  });

  it('numbers the snapshots of a run without gaps', () => {
    fc.assert(
      fc.property(seeds, hosts, instants, intervals, (seed, index, atMs, intervalMs) => {
        const bySeq = new Map<string, number[]>();
        for (const { run, snapshots } of roundsFrom(seed, index, atMs, intervalMs, 12)) {
          const seqs = bySeq.get(run.runId) ?? [];
          bySeq.set(run.runId, [...seqs, ...snapshots.map(({ seq }) => seq)]);
        }
        for (const seqs of bySeq.values()) {
          expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
        }
      }),
      { numRuns: 10 },
    );
  });

  it('lets kernel counters rise within a boot', () => {
    fc.assert(
      fc.property(seeds, hosts, instants, (seed, index, atMs) => {
        let boot = '';
        let before: Record<string, number> = {};
        for (const { run, snapshots } of roundsFrom(seed, index, atMs, 10_000, 30)) {
          if (run.bootId !== boot) before = {};
          boot = run.bootId;
          const now = snapshots[0]?.kernel?.counters ?? {};
          for (const [name, value] of Object.entries(now)) expect(value).toBeGreaterThanOrEqual(before[name] ?? 0);
          before = { ...before, ...now };
        }
      }),
      { numRuns: 6 },
    );
  });

  it('has a host with every kind of leak among its first forty, and hosts with none', () => {
    const leaks = Array.from({ length: 40 }, (_, index) => planHost(7, index).leak);
    expect(new Set(leaks.filter((leak) => leak !== undefined))).toEqual(new Set(LEAK_KINDS));
    expect(leaks.filter((leak) => leak === undefined).length).toBeGreaterThan(10);
  });

  it('gives every host of a fleet an id and a name of its own', () => {
    const plans = Array.from({ length: 3_000 }, (_, index) => planHost(7, index));
    expect(new Set(plans.map(({ agentId }) => agentId)).size).toBe(3_000);
    expect(new Set(plans.map(({ hostname }) => hostname)).size).toBe(3_000);
    expect(planHost(7, 5).agentId).not.toBe(planHost(8, 5).agentId);
  });

  it('has silences, restarts of agents and reboots of hosts', () => {
    const flaky = planHost(7, 25);
    const telling = pastTelling(MINUTE_MS);
    const first = lookFrom(flaky, MINUTE_MS, Date.UTC(2026, 10, 1));
    const rounds = Array.from({ length: 2 * 1_440 }, (_, i) => roundAt(flaky, first + i, telling));
    const away = rounds.filter((round) => round === undefined).length;
    expect(away).toBeGreaterThan(15);
    expect(away).toBeLessThan(1_000);
    expect(new Set(rounds.flatMap((round) => round?.run.runId ?? [])).size).toBeGreaterThan(3);
    const started = rounds.flatMap((round) => round?.snapshots[0]?.events ?? []);
    expect(started.every(({ kind }) => kind === 'started')).toBe(true);
    expect(started.length).toBeGreaterThan(3);
    const boots = (index: number): number => {
      const plan = planHost(7, index);
      const days = Array.from({ length: 60 }, (_, day) =>
        roundAt(plan, lookFrom(plan, MINUTE_MS, Date.UTC(2026, 8, 1) + day * DAY_MS), telling),
      );
      return new Set(days.flatMap((round) => round?.run.bootId ?? [])).size;
    };
    expect(boots(0)).toBeGreaterThanOrEqual(3);
  });

  it('leaks in a saw-tooth: it grows all day, and a restart takes it back to nothing', () => {
    const index = Array.from({ length: 30 }, (_, i) => i).find((i) => planHost(7, i).leak === 'saw_tooth') ?? 0;
    const plan = planHost(7, index);
    const telling = pastTelling(10 * MINUTE_MS);
    const first = lookFrom(plan, telling.intervalMs, Date.UTC(2026, 10, 1));
    const counts = Array.from({ length: 3 * 144 }, (_, i) => roundAt(plan, first + i, telling)).flatMap(
      (round) => round?.snapshots[0]?.counts.close_wait ?? [],
    );
    expect(Math.max(...counts)).toBeGreaterThan(250);
    const drops = counts.filter((count, i) => (counts[i - 1] ?? 0) - count > 200).length;
    expect(drops).toBeGreaterThanOrEqual(2);
    expect(drops).toBeLessThanOrEqual(4);
  });
});
