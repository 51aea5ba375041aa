import { describe, expect, it } from '@jest/globals';
import { buildPush } from '../testing/push-builder.ts';
import { type HostRecord } from './host-record.ts';
import { KnownHosts } from './known-hosts.ts';

const { agentId, runId, bootId, agent } = buildPush();
const record: HostRecord = {
  ...{ hostId: 1, agentId, runId, bootId, machineId: agent.machineId, agent },
  ...{ since: 0, until: 0, intervalMs: 1_000, syncedRunId: null, latest: undefined },
};

describe('KnownHosts', () => {
  it('lets a host be read again once a minute, however often it is written meanwhile', () => {
    const known = new KnownHosts();
    const reads: number[] = [];
    // As SnapshotWriter goes about it with a push every second.
    for (let now = 0; now <= 60_000; now += 1_000) {
      const found = known.find([agentId], now);
      known.forget([agentId]);
      if (found.size === 0) reads.push(now);
      known.keep([record], found, now);
    }
    expect(reads).toEqual([0, expect.any(Number)]);
    expect(reads[1]).toBeGreaterThanOrEqual(45_000);
  });

  it('remembers what was kept last', () => {
    const known = new KnownHosts();
    known.keep([record], new Map(), 0);
    known.keep([{ ...record, intervalMs: 5_000 }], known.find([agentId], 1), 1);
    expect(known.find([agentId], 2).get(agentId)?.record.intervalMs).toBe(5_000);
  });

  it('knows nothing of what was forgotten', () => {
    const known = new KnownHosts();
    known.keep([record], new Map(), 0);
    known.forget([agentId]);
    expect(known.find([agentId], 1).size).toBe(0);
  });
});
