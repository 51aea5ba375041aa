import { expect, it } from '@jest/globals';
import { leakKey, type LeakSubject } from '@closewatch/socket-states';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { LeakWindows, MOST_KEYS } from './leak-windows.ts';
import { type SeenLeak } from './seen-leak.ts';

const SUBJECT: LeakSubject = {
  netns: 0,
  service: { executable: '/usr/bin/node', unit: null, containerId: null },
  ownership: 'known',
  direction: 'inbound',
  endpoint: { address: null, port: 8_080 },
};
const AT = 1_000_000;

/** A leak of which the process was told to have so many descriptors open, at that instant. */
function seen(used: number, evidenceAt: number): SeenLeak {
  const evidence = buildEvidence(buildProcess(10), { descriptors: { used, limit: 1_024 } });
  const counts = { count: 7, leaked: 7, old: 0, opened: 0, young: 0, orphaned: 0, oldestAt: AT - 90_000 };
  const finding = { verdict: 'code_leak' as const, confidence: 0.9, for: [], against: [], missing: [] };
  return {
    subject: SUBJECT,
    key: leakKey(SUBJECT),
    processes: [],
    ...counts,
    acceptQueue: null,
    finding: { ...finding, advice: { key: 'advice.code_leak', parameters: {} } },
    evidence,
    heldShare: 1,
    evidenceAt,
  };
}

/** A leak of another port, with some numbers. */
function ofPort(port: number, counts: Partial<SeenLeak>): SeenLeak {
  const subject = { ...SUBJECT, endpoint: { address: null, port } };
  return { ...seen(40, AT), leaked: 0, subject, key: leakKey(subject), ...counts };
}

it('remembers nothing of what is young, and all that counts of what has leaked', () => {
  const windows = new LeakWindows();
  for (let step = 0; step < 12; step++) {
    windows.take([ofPort(1, { count: 9, young: 9 })], AT + step * 5_000, 5_000, new Set());
    expect(windows.isEmpty).toBe(true);
  }
  const leak = ofPort(1, { leaked: 2, opened: 2, young: 7 });
  windows.take([leak], AT + 60_000, 5_000, new Set());
  const { samples = [] } = windows.windowOf(leak.key) ?? {};
  expect(samples.map(({ at, leaked, opened }) => [at - AT, leaked, opened])).toEqual([
    ...Array.from({ length: 12 }, (_, step) => [step * 5_000, 0, 0]),
    [60_000, 2, 2],
  ]);
});

it('remembers so many keys of a namespace, those that have leaked most and those that are to be kept', () => {
  const windows = new LeakWindows();
  const leaks = Array.from({ length: MOST_KEYS + 100 }, (_, index) => ofPort(index, { leaked: index + 1 })).reverse();
  const keyOf = (port: number): string => ofPort(port, {}).key;
  windows.keep([ofPort(3, {}).subject], 5_000);
  windows.take(leaks, AT, 5_000, new Set([keyOf(3)]));
  windows.take(leaks, AT + 5_000, 5_000, new Set([keyOf(3)]));
  const ports = [...windows.subjects().values()].map(({ endpoint }) => endpoint.port).sort((a, b) => a - b);
  expect(ports).toHaveLength(MOST_KEYS);
  expect(ports.slice(0, 3)).toEqual([3, 101, 102]);
});

it('takes what was there before its window for no arrival', () => {
  const windows = new LeakWindows();
  windows.take([], AT, 5_000, new Set());
  windows.take([ofPort(1, { leaked: 30, opened: 1 })], AT + 5_000, 5_000, new Set());
  const { samples = [] } = windows.windowOf(ofPort(1, {}).key) ?? {};
  expect(samples.map(({ leaked, opened }) => [leaked, opened])).toEqual([
    [29, 0],
    [30, 1],
  ]);
});

it('dates descriptors by when they were told, and not by the snapshot that shows the sockets', () => {
  const windows = new LeakWindows();
  windows.take([seen(40, AT)], AT, 5_000, new Set());
  windows.take([seen(40, AT)], AT + 5_000, 5_000, new Set());
  windows.take([seen(65, AT + 10_000)], AT + 10_000, 5_000, new Set());
  expect(windows.windowOf(leakKey(SUBJECT))?.descriptors).toEqual([
    { at: AT, used: 40, limit: 1_024, heldShare: 1 },
    { at: AT + 10_000, used: 65, limit: 1_024, heldShare: 1 },
  ]);
});
