import { type LeakSubject } from '@closewatch/socket-states';
import { type StoredIncident } from '../incidents/kept-incident.ts';
import { type RulesInForce } from '../rules/rules-in-force.ts';
import { type HostDetection } from './host-detection.ts';
import { type HostMemory } from './host-memory.ts';
import { nothingOf } from './incident-decision.ts';
import { absentLeakDetection, leakDetection } from './leak-detection.ts';
import { type SeenNamespace } from './namespace-reader.ts';
import { type ServiceRestart } from './restarts.queries.ts';
import { restartOf } from './service-restart.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

/** A host that has news, what its namespaces show, and what is remembered of it. */
export interface HostNews {
  readonly host: WatchedHost;
  readonly memory: HostMemory;
  readonly seen: readonly SeenNamespace[];
  readonly open: readonly StoredIncident[];
  readonly restarts: readonly ServiceRestart[];
  readonly rules: RulesInForce;
}

/** What every rule says of a host by its newest snapshots. Each is taken into what rules remember, once. */
export function detectAll({ host, memory, seen, open, restarts, rules }: HostNews): HostDetection[] {
  const found: HostDetection[] = [];
  for (const namespace of host.namespaces) {
    const { netns, at } = namespace;
    const shown = seen.find((one) => one.netns === netns);
    const leaks = shown?.leaks ?? [];
    const sections = memory.sections.of(netns);
    const { use, kernel } = memory.namespaceRules(netns);
    if (shown !== undefined) found.push(...leakDetections(host, shown, open, restarts, rules));
    use.take(sections, leaks, namespace, rules);
    kernel.take(host, namespace, sections, leaks, rules);
    const uses = [...use.detections(sections, leaks, at, rules)];
    found.push(...withRestarts([...uses, ...absentProcesses(netns, uses, open)], restarts));
    found.push(...kernel.detections(host, at, rules));
    if (netns === 0) {
      memory.rules.take(host, sections, at, rules);
      found.push(...memory.rules.detections(host, at, rules));
    }
  }
  return found;
}

function leakDetections(
  { clockOffsetMs }: WatchedHost,
  { leaks, windows, at, netns }: SeenNamespace,
  open: readonly StoredIncident[],
  restarts: readonly ServiceRestart[],
  rules: RulesInForce,
): HostDetection[] {
  const shown = new Set(leaks.map(({ key }) => key));
  const thresholdsOf = ({ service }: LeakSubject) => rules.thresholdsOf(service);
  const absent = leakSubjects(open).filter(([key, subject]) => subject.netns === netns && !shown.has(key));
  return [
    ...leaks.map((leak) => {
      const toldAt = restartOf(leak.subject.service, restarts);
      return leakDetection(leak, windows, at, thresholdsOf(leak.subject), { clockOffsetMs, toldAt });
    }),
    ...absent.map(([key, subject]) => {
      const restartedAt = restartOf(subject.service, restarts);
      return absentLeakDetection(key, subject, windows, at, thresholdsOf(subject), restartedAt);
    }),
  ];
}

/** Of open incidents about descriptors, of whose processes nothing is told any more: they are well, or gone. */
function absentProcesses(
  netns: number,
  seen: readonly HostDetection[],
  open: readonly StoredIncident[],
): HostDetection[] {
  const known = new Set(seen.map(({ detection }) => detection.key));
  return open.flatMap((incident) => {
    const { rule, key, subject, service } = incident;
    if (rule !== 'descriptors' || subject.of !== 'process' || subject.netns !== netns || known.has(key)) return [];
    const of = { netns, subject, service, finding: null, restartedAt: null, leak: null };
    return [{ ...of, detection: nothingOf(incident) }];
  });
}

/** With when the service was started last, of what is about one. */
function withRestarts(found: readonly HostDetection[], restarts: readonly ServiceRestart[]): HostDetection[] {
  return found.map((one) =>
    one.subject.of === 'process' ? { ...one, restartedAt: restartOf(one.subject, restarts) } : one,
  );
}

/** What open incidents of leaks are about, by key. */
export function leakSubjects(open: readonly StoredIncident[]): (readonly [key: string, subject: LeakSubject])[] {
  return open.flatMap(({ key, subject }) => (subject.of === 'leak' ? [[key, subject] as const] : []));
}
