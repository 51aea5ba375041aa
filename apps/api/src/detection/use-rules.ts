import { type IncidentSubject } from '@closewatch/protocol';
import {
  destinationKey,
  detectDescriptors,
  detectPorts,
  formatEndpoint,
  type PortSample,
  processKey,
  timeWaitIsReused,
  type UseSample,
} from '@closewatch/socket-states';
import { type RulesInForce } from '../rules/rules-in-force.ts';
import { type HostDetection } from './host-detection.ts';
import { KeptSamples, useKeptMs, windowFor } from './kept-samples.ts';
import { serviceOf } from './leak-subject.ts';
import { type SeenLeak } from './seen-leak.ts';
import { type PressedProcess, type ToldSections } from './told-sections.ts';
import { type WatchedNamespace } from './watched-hosts.queries.ts';

/** Something of which there is a limit, and how much of it was used. */
interface Used<Sample extends { readonly at: number }, Of> {
  of: Of;
  readonly samples: KeptSamples<Sample>;
}
type Destination = NonNullable<ToldSections['ports']>['content']['destinations'][number];

/** Of what nothing has been told for so long, since no newer section came either, nothing is known any more. */
const FORGET_MS = 1_800_000;

/** Descriptors of services and ports towards destinations, in one namespace. */
export class UseRules {
  private readonly processes = new Map<string, Used<UseSample, PressedProcess>>();
  private readonly destinations = new Map<string, Used<PortSample, Destination>>();

  constructor(private readonly netns: number) {}

  /** Takes what sections tell, once each. */
  take(
    sections: ToldSections,
    leaks: readonly SeenLeak[],
    { at, intervalMs }: Pick<WatchedNamespace, 'at' | 'intervalMs'>,
    rules: RulesInForce,
  ): void {
    const { descriptors, ports } = rules.thresholds;
    const told = new Set<string>();
    for (const [takenAt, process] of pressed(sections, leaks, at)) {
      const key = processKey(this.netns, process);
      told.add(key);
      const known = this.processes.get(key) ?? { of: process, samples: new KeptSamples<UseSample>() };
      known.of = process;
      known.samples.add({ at: takenAt, used: process.used, limit: process.limit }, useKeptMs(descriptors, intervalMs));
      this.processes.set(key, known);
    }
    forgetUntold(this.processes, told, sections.processes?.takenAt);
    const { takenAt = at, content } = sections.ports ?? {};
    const listed = new Set<string>();
    for (const destination of content?.destinations ?? []) {
      const key = destinationKey(this.netns, destination.localAddress, destination.peer);
      listed.add(key);
      const { used, timeWait, available } = destination;
      const known = this.destinations.get(key);
      if (known === undefined && used < available * ports.forecastFromShare) continue;
      const { samples } = known ?? { samples: new KeptSamples<PortSample>() };
      samples.add({ at: takenAt, used, timeWait, available }, useKeptMs(ports, intervalMs));
      this.destinations.set(key, { of: destination, samples });
    }
    forgetUntold(this.destinations, listed, sections.ports?.takenAt);
    for (const used of [this.processes, this.destinations]) {
      for (const [key, { samples }] of used)
        if (samples.newestAt < at - windowFor(FORGET_MS, intervalMs)) used.delete(key);
    }
  }

  *detections(
    sections: ToldSections,
    leaks: readonly SeenLeak[],
    at: number,
    rules: RulesInForce,
  ): Generator<HostDetection> {
    for (const [key, { of, samples }] of this.processes) {
      const { descriptors } = rules.thresholdsOf(of);
      const detected = detectDescriptors(samples.all, mostGoTo(of, leaks), at, descriptors);
      const { executable, unit, containerId } = of;
      yield {
        detection: { rule: 'descriptors', key, ...detected },
        ...this.named({ of: 'process', netns: this.netns, executable, unit, containerId }, serviceOf(of)),
        restartedAt: null,
      };
    }
    const { ports, kernel } = sections;
    const reuse = kernel?.content.sysctls?.['net.ipv4.tcp_tw_reuse'] ?? null;
    for (const [key, { of, samples }] of this.destinations) {
      const context = {
        closesPerSecond: ports?.content.closesPerSecond ?? null,
        timeWaitReused: timeWaitIsReused(reuse, of.peer.address),
      };
      const { localAddress, peer } = of;
      yield {
        detection: { rule: 'ports', key, ...detectPorts(samples.all, context, at, rules.thresholds.ports) },
        ...this.named({ of: 'destination', netns: this.netns, localAddress, peer }, formatEndpoint(peer)),
        restartedAt: null,
      };
    }
  }

  private named(subject: IncidentSubject, service: string) {
    return { netns: this.netns, subject, service, finding: null, leak: null };
  }
}

/** A section that was taken later and does not tell of it any more says that it is well, or gone. */
function forgetUntold(
  used: Map<string, { readonly samples: { readonly newestAt: number } }>,
  told: ReadonlySet<string>,
  takenAt = -Infinity,
): void {
  for (const [key, { samples }] of used) if (!told.has(key) && samples.newestAt < takenAt) used.delete(key);
}

/** Of each service the process that uses most of its descriptors, by the process table and by evidence. */
function pressed(
  { processes }: ToldSections,
  leaks: readonly SeenLeak[],
  at: number,
): (readonly [takenAt: number, process: PressedProcess])[] {
  const told = (processes?.content ?? []).map((process) => [processes?.takenAt ?? at, process] as const);
  const held = leaks.flatMap(({ evidence, evidenceAt }) => {
    if (evidence === undefined) return [];
    const { process, descriptors } = evidence;
    if (descriptors.used === null || descriptors.limit === null) return [];
    const { executable, unit = null, containerId = null, pid, startedAt } = process;
    const { used, limit } = descriptors;
    return [[evidenceAt ?? at, { executable, unit, containerId, pid, startedAt, used, limit }] as const];
  });
  const most = new Map<string, readonly [number, PressedProcess]>();
  for (const entry of [...held, ...told]) {
    const key = processKey(0, entry[1]);
    const known = most.get(key)?.[1];
    if (known === undefined || entry[1].used / entry[1].limit > known.used / known.limit) most.set(key, entry);
  }
  return [...most.values()];
}

/** Where most of the leaked sockets of a process go. */
function mostGoTo({ executable, unit, containerId }: PressedProcess, leaks: readonly SeenLeak[]): string | null {
  const leak = leaks.find(
    ({ subject: { service } }) =>
      service?.executable === executable && service.unit === unit && service.containerId === containerId,
  );
  if (leak === undefined) return null;
  const { address, port } = leak.subject.endpoint;
  return address === null ? `*:${port}` : formatEndpoint({ address, port });
}
