import { serialize } from 'node:v8';
import { expect, it } from '@jest/globals';
import { type Snapshot } from '@closewatch/protocol';
import fc from 'fast-check';
import { type StoredIncident } from '../incidents/kept-incident.ts';
import { RulesInForce } from '../rules/rules-in-force.ts';
import { ToldDatabase } from '../testing/told-database.ts';
import { tellLeak, type ToldLeak } from '../testing/told-leaks.ts';
import { hasLevel } from './host-detection.ts';
import { detectAll, leakSubjects } from './host-detections.ts';
import { HostMemory } from './host-memory.ts';
import { decide, isNews } from './incident-decision.ts';
import { keptDecision } from './kept-decision.ts';
import { type Look, NamespaceReader } from './namespace-reader.ts';
import { type ServiceRestart } from './restarts.queries.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

const BEGIN = 1_800_000_000_000;
const STEP_MS = 20_000;
/** What is closed at the latest instant has recovered by the end. */
const STEPS = 80;
const RULES = RulesInForce.asShipped();

/** A host, what is remembered of it, and what was told of it. */
class Watched {
  readonly memory = new HostMemory();
  private readonly incidents: StoredIncident[] = [];
  private readonly restarts: ServiceRestart[] = [];
  private snapshot: Snapshot | undefined;

  constructor(private readonly hostId: number) {}

  tell(database: ToldDatabase, snapshot: Snapshot): void {
    database.tell(this.hostId, snapshot);
    this.snapshot = snapshot;
    for (const event of snapshot.events ?? []) if (event.kind === 'service_restarted') this.restarts.push(event);
  }

  /** As the service asks for it (detection.service.ts). */
  look(): Look {
    const host = this.host();
    this.memory.meet(host);
    const leaks = leakSubjects(this.open());
    this.memory.keep(
      leaks.map(([, subject]) => subject),
      STEP_MS,
    );
    return { host, namespaces: host.namespaces, memory: this.memory, kept: new Set(leaks.map(([key]) => key)) };
  }

  /** As the service and the keeper do with what was read. */
  keep(look: Look, seen: Awaited<ReturnType<NamespaceReader['readAll']>>): void {
    const { host, memory } = look;
    const found = detectAll({ host, memory, seen, open: this.open(), restarts: this.restarts, rules: RULES });
    const open = this.open();
    const keys = new Set([...open, ...found.filter(hasLevel).map(({ detection }) => detection)].map(({ key }) => key));
    const moment = { hostId: this.hostId, now: host.lastSeenAt, silentSince: null };
    for (const key of keys) {
      const stored = open.find((one) => one.key === key) ?? null;
      const last = this.incidents.findLast((one) => one.key === key && one.resolvedAt !== null) ?? null;
      const one = found.find(({ detection }) => detection.key === key) ?? null;
      const decision = decide(stored, one, last, moment, RULES.thresholdsOf(null), () => true);
      const kept = isNews(decision) ? keptDecision(decision, moment, null) : undefined;
      if (kept === undefined) continue;
      const place = this.incidents.findIndex(({ id }) => id === kept.incident.id);
      // Nothing but JSON is stored.
      const incident = JSON.parse(JSON.stringify({ ...kept.incident, version: 0 })) as StoredIncident;
      this.incidents.splice(place === -1 ? this.incidents.length : place, place === -1 ? 0 : 1, incident);
    }
  }

  told() {
    return this.incidents.map(({ rule, key, severity, beganAt, resolvedAs, recurrence }) => {
      return { rule, key, severity, beganAt, resolvedAs, recurrence };
    });
  }

  windows(): unknown {
    const windows = this.memory.windows(0);
    const keys = [...windows.subjects().keys()].sort();
    // Samples of the other rules lie in maps.
    const others = serialize([this.memory.rules, this.memory.namespaceRules(0)]).toString('base64');
    return { others, newestAt: windows.newestAt, keys: keys.map((key) => [key, windows.windowOf(key)]) };
  }

  private open(): StoredIncident[] {
    return this.incidents.filter(({ resolvedAt }) => resolvedAt === null);
  }

  private host(): WatchedHost {
    const { takenAt, connections, counts } = this.snapshot as Snapshot;
    const at = Date.parse(takenAt);
    const namespace = { netns: 0, at, intervalMs: STEP_MS, counts, closeWait: connections.length };
    return {
      ...{ hostId: this.hostId, agentId: `${this.hostId}`, hostname: `web-${this.hostId}`, cursor: takenAt },
      ...{ runId: 'run', bootId: 'boot', intervalMs: STEP_MS, clockOffsetMs: 0, lastSeenAt: at },
      namespaces: [namespace],
    };
  }
}

/** Who is looked at in a step, in turn and together. */
type Round = readonly (readonly number[])[];

/**
 * Windows after each step, and all incidents. `rounds` are taken in turn; `heard`: whether a snapshot is told at once, and not
 * together with the next.
 */
async function watched(
  told: readonly (readonly Snapshot[])[],
  rounds: readonly Round[],
  heard: (host: number, step: number) => boolean,
) {
  const database = new ToldDatabase();
  const reader = new NamespaceReader(database);
  const hosts = told.map((_, host) => new Watched(host + 1));
  const windows: string[] = [];
  const pending: Snapshot[][] = [];
  for (let step = 0; step < STEPS; step++) {
    for (const [index, host] of hosts.entries()) {
      const snapshot = told[index]?.[step];
      if (snapshot === undefined) continue;
      const waiting = (pending[index] ??= []);
      waiting.push(snapshot);
      if (heard(index, step)) for (const one of waiting.splice(0)) host.tell(database, one);
    }
    for (const batch of rounds[step % rounds.length] ?? []) {
      const these = batch.flatMap((index) => hosts[index] ?? []);
      const looks = these.map((host) => ({ host, look: host.look() }));
      await reader.readPast(looks.map(({ look }) => look));
      const seen = await reader.readAll(looks.map(({ look }) => look));
      for (const { host, look } of looks) {
        host.keep(
          look,
          seen.filter(({ hostId }) => hostId === look.host.hostId),
        );
      }
    }
    // As text: thousands of samples are compared.
    windows.push(JSON.stringify(hosts.map((host) => host.windows())));
  }
  return { windows, incidents: hosts.map((host) => host.told()) };
}

const each = (): boolean => true;
const tellAll = (leaks: readonly Omit<ToldLeak, 'port'>[]): Snapshot[][] =>
  leaks.map((leak, host) => tellLeak({ ...leak, port: 8_080 + host }, STEPS, BEGIN, STEP_MS));

const end = fc.option(fc.record({ after: fc.nat(5), how: fc.constantFrom('closes' as const, 'restarts' as const) }));
const leak = fc.record<Omit<ToldLeak, 'port'>>({
  from: fc.integer({ min: 1, max: 9 }),
  perStep: fc.array(fc.nat(6), { minLength: 1, maxLength: 14 }),
  end,
  descriptorLimit: fc.option(fc.constantFrom(100, 1_000_000)),
  overflows: fc.constantFrom(0, 0, 7),
});
/** Beside others one that is told for sure. */
const certain = fc
  .tuple(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 9, max: 14 }), leak)
  .map(([rate, steps, one]) => ({ ...one, perStep: Array.from({ length: steps }, () => rate) }));

/** All of these hosts in any order, some of them twice, and cut into any batches. */
const roundOf = (count: number): fc.Arbitrary<Round> =>
  fc
    .tuple(
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
      fc.subarray([...Array(count).keys()]),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([order, again, cuts]) => {
      const batches: number[][] = [[]];
      for (const host of [...order, ...again]) {
        const last = batches.at(-1) ?? [];
        if (cuts.next().value || last.includes(host)) batches.push([host]);
        else last.push(host);
      }
      return batches;
    });

it('hosts that are looked at in any order and in any batches, or again, are told the same of', async () => {
  const stories = fc.tuple(certain, leak, leak, leak);
  await fc.assert(
    fc.asyncProperty(stories, fc.array(roundOf(4), { minLength: 1, maxLength: 7 }), async (leaks, rounds) => {
      const told = tellAll(leaks);
      const inOrder = await watched(told, [[[0, 1, 2, 3]]], each);
      expect(inOrder.incidents[0]?.map(({ rule }) => rule)).toContain('leak');
      expect(await watched(told, rounds, each)).toEqual(inOrder);
    }),
    { numRuns: 6 },
  );
});

it('snapshots that come together are judged as those that come one by one', async () => {
  const stories = fc.array(certain, { minLength: 2, maxLength: 3 });
  const together = fc.array(fc.boolean(), { minLength: 3, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(stories, together, async (leaks, later) => {
      const snapshots = tellAll(leaks);
      const round: Round = [leaks.map((_, host) => host)];
      // Never two in a row are held up.
      const isHeldUp = (host: number, step: number): boolean =>
        step > 0 && step < STEPS - 1 && (step + host) % 2 === 1 && later[step % later.length] === true;
      const one = await watched(snapshots, [round], each);
      const some = await watched(snapshots, [round], (host, step) => !isHeldUp(host, step));
      const without = (told: typeof one) => told.incidents.map((all) => all.map(({ beganAt: _, ...rest }) => rest));
      expect(without(some)).toEqual(without(one));
      // Since when is known as exactly as there are samples.
      const began = ({ incidents }: typeof one) => incidents.flat().map(({ beganAt }) => beganAt);
      for (const [index, at] of began(some).entries())
        expect(Math.abs(at - (began(one)[index] ?? NaN))).toBeLessThanOrEqual(STEP_MS);
    }),
    { numRuns: 6 },
  );
});
