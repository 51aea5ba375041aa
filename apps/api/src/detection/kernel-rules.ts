import {
  type CounterSample,
  type CounterThresholds,
  detectAcceptQueue,
  detectSynFlood,
  detectSystemDescriptors,
  detectThreshold,
  detectTimeWaitOverflow,
  HOST_KEY,
  namespaceKey,
  type QueueSample,
  type StateSample,
  type SynSample,
  thresholdKey,
  type UseSample,
} from '@closewatch/socket-states';
import { type RulesInForce, type StateRule } from '../rules/rules-in-force.ts';
import { type HostDetection } from './host-detection.ts';
import { KeptSamples, useKeptMs, windowFor } from './kept-samples.ts';
import { type SeenLeak } from './seen-leak.ts';
import { type ToldSections } from './told-sections.ts';
import { type WatchedHost, type WatchedNamespace } from './watched-hosts.queries.ts';

/** Kernel facts are told when they change, and each ten minutes: older ones are of an agent that no longer tells them. */
const FACTS_STAND_MS = 900_000;
/** What rises slowly need not be remembered by the second. */
const APART_MS = 10_000;

/** What the kernel of one namespace counts: TIME_WAIT and accept-queue overflows, half-open ones, descriptors of all. */
export class KernelRules {
  private readonly timeWaitOverflows = new KeptSamples<CounterSample>();
  private readonly listenOverflows = new KeptSamples<CounterSample>();
  private readonly syn = new KeptSamples<SynSample>();
  private readonly fileHandles = new KeptSamples<UseSample>();
  private readonly states = new Map<string, KeptSamples<StateSample>>();
  private queues: readonly QueueSample[] = [];
  private intervalMs = 0;

  constructor(private readonly netns: number) {}

  take(
    host: WatchedHost,
    { at, counts, intervalMs }: WatchedNamespace,
    { kernel }: ToldSections,
    leaks: readonly SeenLeak[],
    rules: RulesInForce,
  ): void {
    this.intervalMs = intervalMs;
    const { timeWaitOverflow, acceptQueue, synFlood, systemDescriptors } = rules.thresholds;
    const keepMs = (windowMs: number): number => this.windowMs(windowMs) + Math.max(windowMs * 0.2, intervalMs);
    const facts = kernel !== undefined && at - kernel.takenAt <= FACTS_STAND_MS ? kernel.content : {};
    const { TCPTimeWaitOverflow, ListenOverflows, SyncookiesSent, TCPReqQFullDrop } = facts.counters ?? {};
    const count = (into: KeptSamples<CounterSample>, value: number | undefined, of: CounterThresholds): void => {
      if (value !== undefined) into.add({ at, value }, keepMs(this.widened(of).windowMs));
    };
    count(this.timeWaitOverflows, TCPTimeWaitOverflow, timeWaitOverflow);
    count(this.listenOverflows, ListenOverflows, acceptQueue);
    const [cookiesSent, dropped, halfOpen] = [SyncookiesSent ?? null, TCPReqQFullDrop ?? null, counts.syn_received];
    this.syn.add(
      { at, halfOpen: halfOpen ?? null, cookiesSent, dropped },
      keepMs(Math.max(synFlood.windowMs, synFlood.forMs)),
    );
    if (facts.fileHandles !== undefined) {
      const { allocated, max } = facts.fileHandles;
      this.fileHandles.add({ at, used: allocated, limit: max }, useKeptMs(systemDescriptors, intervalMs), {
        apartMs: APART_MS,
      });
    }
    this.queues = leaks.flatMap(({ acceptQueue: queue, subject }) =>
      queue === null ? [] : [{ at, port: subject.endpoint.port, length: queue.length, limit: queue.limit }],
    );
    for (const rule of this.statesOf(host, rules)) {
      const samples = this.states.get(rule.name) ?? new KeptSamples<StateSample>();
      samples.add({ at, value: counts[rule.state] ?? null }, keepMs(rule.forMs + 60_000));
      this.states.set(rule.name, samples);
    }
  }

  *detections(host: WatchedHost, at: number, rules: RulesInForce): Generator<HostDetection> {
    const { netns } = this;
    const { timeWaitOverflow, acceptQueue, synFlood, systemDescriptors } = rules.thresholds;
    const [key, of] = [namespaceKey(netns), { netns, finding: null, restartedAt: null, leak: null }];
    const overflows = detectTimeWaitOverflow(this.timeWaitOverflows.all, at, this.widened(timeWaitOverflow));
    const aboutHost = { ...of, subject: { of: 'host' } as const, service: host.hostname };
    yield { ...aboutHost, detection: { rule: 'time_wait_overflow', key, ...overflows } };
    const queued = { overflows: this.listenOverflows.all, queues: this.queues };
    const queue = detectAcceptQueue(queued, at, this.widened(acceptQueue));
    const port = queue.figures.port ?? null;
    yield {
      ...of,
      subject: { of: 'listener', netns, port },
      service: port === null ? host.hostname : `:${port}`,
      detection: { rule: 'accept_queue', key, ...queue },
    };
    const flood = detectSynFlood(this.syn.all, at, { ...synFlood, windowMs: this.windowMs(synFlood.windowMs) });
    yield { ...aboutHost, detection: { rule: 'syn_flood', key, ...flood } };
    if (netns === 0) {
      const used = detectSystemDescriptors(this.fileHandles.all, at, systemDescriptors);
      yield { ...aboutHost, detection: { rule: 'system_descriptors', key: HOST_KEY, ...used } };
    }
    for (const rule of this.statesOf(host, rules)) {
      const { name, state, above, forMs, severity } = rule;
      const detected = detectThreshold(this.states.get(name)?.all ?? [], at, { above, forMs, severity });
      yield {
        ...of,
        subject: { of: 'state', netns, state, name },
        service: name,
        detection: { rule: 'threshold', key: thresholdKey(netns, name), ...detected },
      };
    }
  }

  private windowMs(wishedMs: number, leastSamples = 0): number {
    return windowFor(wishedMs, this.intervalMs, leastSamples);
  }

  /** A window that holds as many samples as are to rise. */
  private widened<Of extends CounterThresholds>(of: Of): Of {
    return { ...of, windowMs: this.windowMs(of.windowMs, of.risingSamples) };
  }

  private statesOf({ hostname }: WatchedHost, { states }: RulesInForce): readonly StateRule[] {
    return states.filter(({ hosts }) => hosts === null || hosts.matches(hostname));
  }
}
