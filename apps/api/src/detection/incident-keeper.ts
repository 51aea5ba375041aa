import { type Finding } from '@closewatch/socket-states';
import { Injectable, Logger } from '@nestjs/common';
import { type Sql } from '../database/data-source.ts';
import {
  insertIncidents,
  lastResolvedIncidents,
  openIncidents,
  updateIncidents,
} from '../incidents/incident-store.queries.ts';
import { addIncidentEvents } from '../incidents/incident-timeline.queries.ts';
import { IncidentsFeed } from '../incidents/incidents-feed.ts';
import { type StoredIncident } from '../incidents/kept-incident.ts';
import { type RulesInForce } from '../rules/rules-in-force.ts';
import { TwoEndsService } from '../two-ends/two-ends.service.ts';
import { DetectionTransactions } from './detection-transactions.ts';
import { EvidenceGatherer } from './evidence-gatherer.ts';
import { hasLevel, type HostDetection } from './host-detection.ts';
import { type HostMemory } from './host-memory.ts';
import { decide, type Decision, type HostMoment, isNews, nothingOf } from './incident-decision.ts';
import { withPredecessors } from './incident-predecessors.ts';
import { keptDecision, type KeptDecision } from './kept-decision.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

/** What is known of a host's detections at one moment. */
export interface FoundOfHost {
  readonly host: WatchedHost;
  readonly memory: HostMemory;
  readonly found: readonly HostDetection[];
  readonly moment: HostMoment;
  readonly rules: RulesInForce;
}

/** Opens, carries on and resolves incidents: one transaction a host, and none where there is nothing to write. */
@Injectable()
export class IncidentKeeper {
  private readonly evidence: EvidenceGatherer;

  constructor(
    private readonly transactions: DetectionTransactions,
    private readonly feed: IncidentsFeed,
    twoEnds: TwoEndsService,
  ) {
    this.evidence = new EvidenceGatherer(transactions, feed, twoEnds, new Logger(IncidentKeeper.name));
  }

  /** `open`: the host's open incidents as they were read, a little earlier perhaps. Returns the ids of those that changed. */
  async keep(of: FoundOfHost, open: readonly StoredIncident[]): Promise<readonly string[]> {
    // Without the last resolved one every new one looks as if it opened: then it is asked for, and decided again.
    if (!this.decideAll(of, open, new Map()).some((decision) => isNews(decision) || isNewChild(decision, open)))
      return [];
    const stored = await this.transactions.transaction((sql) => this.write(sql, of));
    await this.capture(of, stored);
    const changed = stored.map(({ incident }) => incident.id);
    this.feed.changed(changed);
    return changed;
  }

  /** To be called when all hosts have been looked at: asks for evidence that is not in memory. */
  async gather(now: () => number): Promise<void> {
    await this.evidence.ask(now);
  }

  private async write(sql: Sql, of: FoundOfHost): Promise<readonly KeptDecision[]> {
    const { hostId } = of.moment;
    const open = await openIncidents(sql, [hostId], { lock: true });
    const isOpen = new Set(open.map(keyOf));
    const fresh = of.found.filter((found) => hasLevel(found) && !isOpen.has(keyOf(found.detection)));
    const resolved = await lastResolvedIncidents(
      sql,
      hostId,
      fresh.map(({ detection }) => detection),
    );
    const decided = this.decideAll(of, open, new Map(resolved.map((incident) => [keyOf(incident), incident])));
    const decisions = await withPredecessors(sql, of.moment, decided);
    const kept = keptOf(decisions, of.moment, open);
    const added = await insertIncidents(
      sql,
      kept.filter(({ version }) => version === null).map(({ incident }) => incident),
    );
    const updated = await updateIncidents(
      sql,
      kept.flatMap(({ version, incident }) => (version === null ? [] : [{ ...incident, version }])),
    );
    const stored = kept.filter(({ incident }) => added.has(incident.id) || updated.has(incident.id));
    await addIncidentEvents(
      sql,
      stored.flatMap(({ events }) => events),
    );
    return stored;
  }

  private async capture({ host, memory, found, moment }: FoundOfHost, stored: readonly KeptDecision[]): Promise<void> {
    for (const { incident, gathers: because } of stored) {
      const about = found.find(({ detection }) => keyOf(detection) === keyOf(incident));
      if (because === null || about === undefined) continue;
      const sections = memory.sections.of(about.netns);
      await this.evidence.capture({ incident, because, host, about, sections, at: moment.now });
    }
  }

  private decideAll(
    { host, memory, found, moment, rules }: FoundOfHost,
    open: readonly StoredIncident[],
    resolved: ReadonlyMap<string, StoredIncident>,
  ): Decision[] {
    memory.verdicts.looks(moment.now);
    const byKey = new Map(found.map((one) => [keyOf(one.detection), one]));
    const stored = new Map(open.map((incident) => [keyOf(incident), incident]));
    const keys = new Set([...stored.keys(), ...found.filter(hasLevel).map(({ detection }) => keyOf(detection))]);
    return [...keys].map((key) => {
      const one = byKey.get(key) ?? null;
      const isIgnored = one !== null && ignores(rules, host, one);
      const { subject } = one ?? stored.get(key) ?? {};
      const thresholds = rules.thresholdsOf(subject?.of === 'leak' ? subject.service : null);
      const isSettled = (verdict: Finding): boolean => memory.verdicts.isSettled(key, verdict.verdict, moment.now);
      const isKnown = one?.detection.rule === 'host_silent' || moment.silentSince === null;
      return decide(
        stored.get(key) ?? null,
        !isKnown ? null : isIgnored ? quieted(one, stored.get(key)) : one,
        resolved.get(key) ?? null,
        moment,
        thresholds,
        isSettled,
      );
    });
  }
}

const keyOf = ({ rule, key }: { readonly rule: string; readonly key: string }): string => `${rule} ${key}`;

/** What is to be ignored opens nothing, and is quiet to an incident that was open already. */
function quieted(found: HostDetection, stored: StoredIncident | undefined): HostDetection | null {
  return stored === undefined ? null : { ...found, detection: nothingOf(stored) };
}

function ignores(
  rules: RulesInForce,
  { hostname }: WatchedHost,
  { detection: { rule }, subject }: HostDetection,
): boolean {
  const service = subject.of === 'leak' ? subject.service : subject.of === 'process' ? subject : null;
  const port =
    subject.of === 'leak'
      ? subject.endpoint.port
      : subject.of === 'destination'
        ? subject.peer.port
        : subject.of === 'listener'
          ? subject.port
          : null;
  return rules.ignores({ rule, hostname, service, port });
}

/** What is wrong because its host has no CPU to give. */
function isOfStarvedHost({ stored, found }: Decision): boolean {
  const rule = found?.detection.rule ?? stored?.rule;
  return rule === 'accept_queue' || (found?.finding ?? stored?.finding)?.verdict === 'cpu_starved';
}

function isNewChild(decision: Decision, open: readonly StoredIncident[]): boolean {
  if (decision.stored === null || decision.stored.parentId !== null || !isOfStarvedHost(decision)) return false;
  return open.some(({ rule }) => rule === 'host_starved');
}

/** What is to be written; children of a starved host are told whose they are. */
function keptOf(decisions: readonly Decision[], moment: HostMoment, open: readonly StoredIncident[]): KeptDecision[] {
  const isStarved = ({ found, stored }: Decision): boolean =>
    (found?.detection.rule ?? stored?.rule) === 'host_starved';
  const starved = decisions.filter((decision) => isStarved(decision) && isNews(decision));
  const parents = starved.flatMap((decision) => keptDecision(decision, moment, null) ?? []);
  const parent =
    parents.find(({ incident }) => incident.resolvedAt === null)?.incident ??
    open.find(({ rule }) => rule === 'host_starved');
  const parentId = parents.some(({ incident }) => incident.resolvedAt !== null) ? null : (parent?.id ?? null);
  const others = decisions
    .filter((decision) => !isStarved(decision))
    .filter((decision) => isNews(decision) || (parentId !== null && isNewChild(decision, open)))
    .flatMap((decision) => keptDecision(decision, moment, isOfStarvedHost(decision) ? parentId : null) ?? []);
  return [...parents, ...others];
}
