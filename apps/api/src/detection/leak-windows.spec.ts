import { expect, it } from '@jest/globals';
import { leakKey, type LeakSubject } from '@closewatch/socket-states';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { LeakWindows } from './leak-windows.ts';
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
