import { describe, expect, it } from '@jest/globals';
import type { StateCounts } from '@closewatch/socket-states';
import { issuesOf } from './error.ts';
import { PUSH_LIMITS, PushAnswerSchema, PushSchema, SnapshotSchema, type Push } from './push.ts';
import { connection, push, snapshot } from './testing/pushes.ts';
import { PROTOCOL_VERSION } from './version.ts';

const pathsOfPush = (changes: object): string[] => {
  const { error } = PushSchema.safeParse(push(changes));
  return error === undefined ? [] : issuesOf(error).map(({ path }) => path);
};
const pathsOfSnapshot = (changes: object): string[] => {
  const { error } = SnapshotSchema.safeParse(snapshot(changes));
  return error === undefined ? [] : issuesOf(error, ['snapshots', 3]).map(({ path }) => path);
};
const { agent } = push();

describe('a push', () => {
  it('fills in what the agent did not need to say', () => {
    expect(PushSchema.parse(push()).agent).toEqual({ ...agent, capabilities: [], missing: [] });
  });

  it('ignores fields that it does not know', () => {
    const parsed = PushSchema.parse({ ...push(), colour: 'red', agent: { ...agent, mood: 'good' } });

    expect(parsed).not.toHaveProperty('colour');
    expect(parsed.agent).not.toHaveProperty('mood');
  });

  it('carries snapshots of any shape, for each is judged alone', () => {
    const snapshots = [snapshot(), 'poison', null];

    expect(PushSchema.parse(push({ snapshots })).snapshots).toEqual(snapshots);
  });

  it('carries any protocol version, for the answer to a wrong one is 426 and not 400', () => {
    expect(pathsOfPush({ protocol: PROTOCOL_VERSION + 1 })).toEqual([]);
  });

  it.each([
    [{ protocol: '1' }, 'protocol'],
    [{ protocol: 1.5 }, 'protocol'],
    [{ protocol: undefined }, 'protocol'],
    [{ agentId: 'web-1' }, 'agentId'],
    [{ runId: null }, 'runId'],
    [{ bootId: '' }, 'bootId'],
    [{ agent: undefined }, 'agent'],
    [{ agent: { ...agent, hostname: '' } }, 'agent.hostname'],
    [{ agent: { ...agent, hostname: 'h'.repeat(254) } }, 'agent.hostname'],
    [{ agent: { ...agent, hostname: 'web\0' } }, 'agent.hostname'],
    [{ agent: { ...agent, kernel: '\udfff' } }, 'agent.kernel'],
    [{ agent: { ...agent, version: 1 } }, 'agent.version'],
    [{ agent: { ...agent, machineId: undefined } }, 'agent.machineId'],
    [{ agent: { ...agent, clockOffsetMs: 'none' } }, 'agent.clockOffsetMs'],
    [{ agent: { ...agent, missing: ['CAP_SYS_PTRACE', 7] } }, 'agent.missing.1'],
    [{ agent: { ...agent, capabilities: Array(65).fill('tcp') } }, 'agent.capabilities'],
    [{ snapshots: [] }, 'snapshots'],
    [{ snapshots: {} }, 'snapshots'],
    [{ snapshots: Array(PUSH_LIMITS.snapshots + 1).fill(null) }, 'snapshots'],
  ])('with %j is at fault in %s alone', (changes, path) => {
    expect(pathsOfPush(changes)).toEqual([path]);
  });

  it('names every fault at once', () => {
    expect(pathsOfPush({ agentId: 1, snapshots: null, agent: { ...agent, source: 5, hostname: '' } }).sort()).toEqual([
      'agent.hostname',
      'agent.source',
      'agentId',
      'snapshots',
    ]);
  });

  it.each([null, undefined, [], 'push', 7])('is not %p', (body) => {
    expect(PushSchema.safeParse(body).success).toBe(false);
  });
});

describe('a snapshot', () => {
  it('is what was pushed', () => {
    expect(SnapshotSchema.parse(snapshot())).toMatchObject({
      seq: 0,
      counts: { established: 12, close_wait: 1, time_wait: null },
      connections: [connection()],
      complete: true,
    });
  });

  it('is of the own namespace, without connections and incomplete unless it says otherwise', () => {
    const { seq, takenAt, intervalMs, counts } = snapshot();

    expect(SnapshotSchema.parse({ seq, takenAt, intervalMs, counts })).toMatchObject({
      netns: 0,
      connections: [],
      complete: false,
    });
  });

  it('has counts that the domain takes as they are', () => {
    const counts: StateCounts = SnapshotSchema.parse(snapshot()).counts;

    expect(counts.close_wait).toBe(1);
  });

  it.each([
    [{ seq: -1 }, 'snapshots.3.seq'],
    [{ seq: 2 ** 53 }, 'snapshots.3.seq'],
    [{ takenAt: '2026-11-22' }, 'snapshots.3.takenAt'],
    [{ takenAt: '0000-01-01T00:00:00Z' }, 'snapshots.3.takenAt'],
    [{ intervalMs: 99 }, 'snapshots.3.intervalMs'],
    [{ intervalMs: 3_600_001 }, 'snapshots.3.intervalMs'],
    [{ netns: -1 }, 'snapshots.3.netns'],
    [{ counts: undefined }, 'snapshots.3.counts'],
    [{ counts: [] }, 'snapshots.3.counts'],
    [{ counts: { listen: -1 } }, 'snapshots.3.counts.listen'],
    [{ counts: { close_wait: '3' } }, 'snapshots.3.counts.close_wait'],
    [{ connections: [connection(), connection({ recvQueue: -1 })] }, 'snapshots.3.connections.1.recvQueue'],
    [{ connections: [connection({ owners: [{}] })] }, 'snapshots.3.connections.0.owners.0.pid'],
    [{ connections: null }, 'snapshots.3.connections'],
    [{ complete: 'yes' }, 'snapshots.3.complete'],
  ])('with %j is at fault in %s', (changes, path) => {
    expect(pathsOfSnapshot(changes)).toContain(path);
  });

  it('has no more connections than the server takes', () => {
    const connections = Array(PUSH_LIMITS.connections + 1).fill(connection());

    expect(pathsOfSnapshot({ connections })).toEqual(['snapshots.3.connections']);
  });
});

describe('an answer', () => {
  it('tells what became of each snapshot', () => {
    const answer = {
      accepted: 2,
      duplicate: 1,
      rejected: [{ index: 3, issues: [{ path: 'snapshots.3.seq', message: 'Too small' }] }],
      serverTime: '2026-11-22T03:04:06.000Z',
      resync: false,
    };

    expect(PushAnswerSchema.parse(answer)).toEqual(answer);
  });

  it('says whether a full set is wanted', () => {
    const answer = { accepted: 0, duplicate: 0, rejected: [], serverTime: '2026-11-22T03:04:06.000Z' };

    expect(PushAnswerSchema.safeParse(answer).success).toBe(false);
  });
});

it('lets the compiler see to it that an agent fills in what the server would', () => {
  const complete = { ...PushSchema.parse(push()), snapshots: [SnapshotSchema.parse(snapshot())] } satisfies Push;
  // @ts-expect-error: a snapshot as it may arrive is not one as it is sent
  const incomplete: Push = { ...complete, snapshots: [snapshot()] };

  expect(incomplete.snapshots).toHaveLength(1);
});

describe('the evidence in a snapshot', () => {
  const process = { pid: 7, startedAt: '2026-11-22T03:04:05.678Z', executable: 'java', command: 'java -jar shop.jar' };
  const evidence = {
    process,
    uid: 1000,
    closeWait: 3,
    unread: 2,
    orphaned: 1,
    windowMs: 5_000,
    threads: { total: 40, looked: 40 },
    waits: [{ state: 'S', wchan: 'futex_wait_queue', syscall: 'futex', threads: 40 }],
    polledAgoMs: null,
    watchedMs: 60_000,
    cpu: { runMsPerSecond: 0.2, runQueueWaitMsPerSecond: 0 },
    throttling: { cgroupVersion: 2, throttledPerSecond: 1, throttledMsPerSecond: 80.5 },
    descriptors: { used: 900, limit: 1024 },
    missing: [],
  };
  const owner = { ...process, descriptor: 9 };
  const turnover = { direction: null, endpoint: { address: null, port: 443 }, opened: 0, closed: 0, alive: 0 };

  it('is left out where there is nothing to tell', () => {
    expect(Object.keys(SnapshotSchema.parse(snapshot())).toSorted()).toEqual(
      ['complete', 'connections', 'counts', 'intervalMs', 'netns', 'seq', 'takenAt'].toSorted(),
    );
  });

  it('comes out as it went in', () => {
    const sections = {
      netns: 3,
      namespace: { inode: 4_026_532_281, name: 'checkout', containerId: 'ab'.repeat(32) },
      orphans: {
        count: 1,
        items: [{ socketId: 'abcdefgh', orphanedAt: process.startedAt, owners: [{ ...process, descriptor: 9 }] }],
      },
      evidence: [evidence],
      pressureStall: { cpu: { someAvg10: 12.5, fullAvg10: null }, memory: null, io: null },
      processes: {
        items: [{ process, counts: { established: 2 }, descriptors: { used: 9, limit: null } }],
        others: 4,
        unowned: 0,
      },
      turnover: [
        { direction: 'inbound', endpoint: { address: null, port: 443 }, process: null, opened: 9, closed: 8, alive: 1 },
      ],
      ports: {
        range: { low: 32_768, high: 60_999, reserved: 0 },
        destinations: [
          {
            localAddress: '10.0.0.1',
            peer: { address: '10.0.0.2', port: 443 },
            used: 9,
            timeWait: 8,
            available: 28_232,
          },
        ],
        destinationCount: 1,
        closesPerSecond: 0.15,
        timeWait: { count: 9, max: 131_072 },
      },
      finWaits: {
        finWait1: { total: 0, items: [] },
        finWait2: {
          total: 1,
          items: [{ local: { address: '::1', port: 443 }, peer: { address: '::1', port: 40_000 } }],
        },
      },
      kernel: { counters: { TW: 9 }, sysctls: { 'net.ipv4.tcp_tw_reuse': '2' }, fileHandles: { allocated: 1, max: 2 } },
      events: [{ at: process.startedAt, kind: 'started', after: 'reboot' }],
    };

    expect(SnapshotSchema.parse(snapshot(sections))).toMatchObject(sections);
  });

  it.each([
    ['evidence.0.waits.0.state', { evidence: [{ ...evidence, waits: [{ ...evidence.waits[0], state: 'sleeping' }] }] }],
    [
      'evidence.0.cpu.runMsPerSecond',
      { evidence: [{ ...evidence, cpu: { runMsPerSecond: -1, runQueueWaitMsPerSecond: 0 } }] },
    ],
    ['evidence', { evidence: Array(PUSH_LIMITS.evidence + 1).fill(evidence) }],
    ['events.0.kind', { events: [{ at: process.startedAt, kind: 'exploded' }] }],
    ['kernel.counters', { kernel: { counters: { Unheard: 1 } } }],
    ['namespace.name', { namespace: { inode: 1, name: '' } }],
    [
      'orphans.items.0.socketId',
      { orphans: { count: 1, items: [{ socketId: 'x\0', orphanedAt: process.startedAt, owners: [owner] }] } },
    ],
    ['turnover.0.process.executable', { turnover: [{ ...turnover, process: { pid: 7, executable: 'ja\0va' } }] }],
  ])('is at fault in %s alone', (path, changes) => {
    expect(pathsOfSnapshot(changes)).toEqual([`snapshots.3.${path}`]);
  });
});
