import {
  type ClockSample,
  detectClockSkew,
  detectHostSilent,
  detectHostStarved,
  HOST_KEY,
  type StarvationSample,
} from '@closewatch/socket-states';
import { type RulesInForce } from '../rules/rules-in-force.ts';
import { type HostDetection } from './host-detection.ts';
import { KeptSamples, windowFor } from './kept-samples.ts';
import { type ToldSections } from './told-sections.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

/** Evidence and pressure older than this are not of now. */
const STANDS_MS = 120_000;
/** The rule looks at the last few samples, of hosts that sample slowly as well. */
const CLOCK_KEPT_MS = 3_600_000;

/** What is true of a host as a whole: starved of CPU, silent, its clock off. */
export class HostRules {
  private readonly starvation = new KeptSamples<StarvationSample>();
  private readonly clock = new KeptSamples<ClockSample>();

  /** `at`: the newest snapshot, milliseconds. */
  take(
    { clockOffsetMs, intervalMs }: WatchedHost,
    { pressureStall, evidence }: ToldSections,
    at: number,
    rules: RulesInForce,
  ): void {
    const stands = (takenAt: number | undefined): boolean => takenAt !== undefined && at - takenAt <= STANDS_MS;
    const stall = stands(pressureStall?.takenAt) ? (pressureStall?.content.cpu ?? null) : null;
    const processes = (stands(evidence?.takenAt) ? (evidence?.content ?? []) : []).flatMap(({ cpu, throttling }) =>
      // One that a quota of its own holds back does not say that the host lacks CPU.
      cpu === null || (throttling !== null && throttling.throttledPerSecond > 0)
        ? []
        : [{ runMsPerSecond: cpu.runMsPerSecond, waitMsPerSecond: cpu.runQueueWaitMsPerSecond }],
    );
    const stallShare = stall === null ? null : stall.someAvg10 / 100;
    const { hostStarved, clockSkew } = rules.thresholds;
    this.starvation.add({ at, stallShare, processes }, windowFor(hostStarved.forMs, intervalMs) * 1.5);
    const clockKeptMs = windowFor(CLOCK_KEPT_MS, intervalMs, clockSkew.samples);
    this.clock.add({ at, offsetMs: clockOffsetMs }, clockKeptMs, { most: clockSkew.samples });
  }

  *detections(host: WatchedHost, at: number, { thresholds }: RulesInForce): Generator<HostDetection> {
    const { hostStarved } = thresholds;
    const forMs = windowFor(hostStarved.forMs, host.intervalMs);
    const starved = detectHostStarved(this.starvation.all, at, { ...hostStarved, forMs });
    yield aboutHost(host, { rule: 'host_starved', key: HOST_KEY, ...starved });
    const skewed = detectClockSkew(this.clock.all, at, thresholds.clockSkew);
    yield aboutHost(host, { rule: 'clock_skew', key: HOST_KEY, ...skewed });
  }
}

/** Whether a host is silent, at an instant of the server (milliseconds). */
export function silence(host: WatchedHost, at: number, { thresholds }: RulesInForce): HostDetection {
  const detected = detectHostSilent(host, at, thresholds.hostSilent);
  return aboutHost(host, { rule: 'host_silent', key: HOST_KEY, ...detected });
}

function aboutHost({ hostname }: WatchedHost, detection: HostDetection['detection']): HostDetection {
  return {
    netns: 0,
    subject: { of: 'host' },
    service: hostname,
    finding: null,
    restartedAt: null,
    leak: null,
    detection,
  };
}
