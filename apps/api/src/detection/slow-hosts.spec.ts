import { describe, expect, it } from '@jest/globals';
import { RulesInForce } from '../rules/rules-in-force.ts';
import { readRules } from '../rules/rules-text.ts';
import { type HostDetection } from './host-detection.ts';
import { HostRules } from './host-rules.ts';
import { KernelRules } from './kernel-rules.ts';
import { type ToldSections } from './told-sections.ts';
import { UseRules } from './use-rules.ts';
import { type WatchedHost, type WatchedNamespace } from './watched-hosts.queries.ts';

const START = 1_800_000_000_000;

function hostOf(intervalMs: number): WatchedHost {
  return {
    ...{ hostId: 1, agentId: '', hostname: 'web-1', cursor: '1', runId: '', bootId: '', intervalMs },
    ...{ clockOffsetMs: 60_000, lastSeenAt: START, namespaces: [] },
  };
}

function rulesOf(text: string): RulesInForce {
  const read = readRules(text);
  if ('rules' in read) return read.rules;
  throw new Error(read.faults.map(({ message }) => message).join());
}

type Told = (
  step: number,
  at: number,
) => { readonly sections?: ToldSections; readonly counts?: WatchedNamespace['counts'] };

/** Levels by rule, after so many snapshots of a host that takes one each interval. */
function levelsAfter(steps: number, intervalMs: number, told: Told, rules = RulesInForce.asShipped()) {
  const [kernel, use, ofHost, host] = [new KernelRules(0), new UseRules(0), new HostRules(), hostOf(intervalMs)];
  let found: HostDetection[] = [];
  for (let step = 0; step < steps; step++) {
    const at = START + step * intervalMs;
    const { sections = {}, counts = {} } = told(step, at);
    const namespace = { netns: 0, at, intervalMs, counts, closeWait: 0 };
    kernel.take(host, namespace, sections, [], rules);
    use.take(sections, [], namespace, rules);
    ofHost.take(host, sections, at, rules);
    found = [
      ...kernel.detections(host, at, rules),
      ...use.detections(sections, [], at, rules),
      ...ofHost.detections(host, at, rules),
    ];
  }
  return Object.fromEntries(found.map(({ detection: { rule, level } }) => [rule, level]));
}

describe.each([5_000, 60_000, 300_000, 1_800_000])('on a host that samples each %i ms', (intervalMs) => {
  it('counters that rise are found', () => {
    const levels = levelsAfter(4, intervalMs, (step, at) => {
      const counters = { ListenOverflows: step, TCPTimeWaitOverflow: step, SyncookiesSent: step * intervalMs };
      return { sections: { kernel: { takenAt: at, content: { counters } } } };
    });
    expect(levels).toMatchObject({ accept_queue: 'warning', time_wait_overflow: 'warning', syn_flood: 'warning' });
  });

  it('a bound of one’s own is found to be passed', () => {
    const rules = rulesOf('states: [{ name: a, state: CLOSE_WAIT, above: 9, for: 1m, severity: critical }]');
    const steps = 2 + Math.ceil(60_000 / intervalMs);
    expect(levelsAfter(steps, intervalMs, () => ({ counts: { close_wait: 10 } }), rules)).toMatchObject({
      threshold: 'critical',
    });
  });

  it('a lack of CPU, and a clock that is off, are found', () => {
    const rules = rulesOf('thresholds: { clock_skew: { samples: 40 } }');
    const levels = levelsAfter(
      42,
      intervalMs,
      (_, at) => {
        const cpu = { someAvg10: 95, fullAvg10: null };
        return { sections: { pressureStall: { takenAt: at, content: { cpu, memory: null, io: null } } } };
      },
      rules,
    );
    expect(levels).toMatchObject({ host_starved: 'critical', clock_skew: 'warning' });
  });

  it('descriptors that are used up are found', () => {
    const process = { executable: '/usr/bin/java', unit: null, containerId: null, pid: 7, startedAt: '' };
    const levels = levelsAfter(40, intervalMs, (_, at) => ({
      sections: { processes: { takenAt: at, content: [{ ...process, used: 1_024, limit: 1_024 }] } },
    }));
    expect(levels).toMatchObject({ descriptors: 'critical' });
  });
});

describe('a rule about half-open connections', () => {
  it('is kept to although it looks farther back than its counters', () => {
    const rules = rulesOf('thresholds: { syn_flood: { for: 30m, window: 2m } }');
    const flood = { counts: { syn_received: 1_000 } };
    expect(levelsAfter(359, 5_000, () => flood, rules)).toMatchObject({ syn_flood: 'none' });
    expect(levelsAfter(361, 5_000, () => flood, rules)).toMatchObject({ syn_flood: 'warning' });
  });
});
