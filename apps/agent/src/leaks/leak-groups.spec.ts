import { describe, expect, it } from '@jest/globals';
import { type Connection, type Owner, type ProcessEvidence } from '@closewatch/protocol';
import { ageOf, groupLeaks, leakClassOf } from './leak-groups.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const TELLING = { nowMs: NOW, minAgeSeconds: 60, evidence: [] };
const node: Owner = {
  pid: 42,
  startedAt: '2026-11-22T10:00:00.000Z',
  executable: 'node',
  command: 'node shop.js',
  descriptor: 19,
};
const java: Owner = { ...node, pid: 43, executable: 'java', command: 'java -jar stock.jar' };

function leak(changes: Partial<Connection> = {}): Connection {
  return {
    socketId: 'c0ffee00',
    transport: 'tcp',
    local: { address: '10.0.0.1', port: 8080 },
    peer: { address: '10.0.0.9', port: 50_000 },
    direction: 'inbound',
    openedAfter: '2026-11-22T11:58:00.000Z',
    openedBefore: '2026-11-22T11:59:00.000Z',
    firstSeenAt: '2026-11-22T11:59:00.000Z',
    lastSeenAt: '2026-11-22T12:00:00.000Z',
    recvQueue: 0,
    sendQueue: 0,
    bytesAcked: null,
    lastSentAt: null,
    timer: null,
    acceptQueue: null,
    uid: 1000,
    ownership: 'known',
    owners: [node],
    ...changes,
  };
}

describe('groups of leaks', () => {
  it('hold together what one process leaks at one port, whoever the peers are', () => {
    const groups = groupLeaks(
      [
        leak(),
        leak({ peer: { address: '10.0.0.8', port: 50_001 }, recvQueue: 5, openedBefore: '2026-11-22T11:59:50.000Z' }),
        leak({ owners: [java] }),
        leak({ local: { address: '10.0.0.1', port: 8081 } }),
      ],
      TELLING,
    );

    expect(groups.map(({ process, endpoint, count }) => [process?.executable, endpoint.port, count])).toEqual([
      ['node', 8080, 2],
      ['java', 8080, 1],
      ['node', 8081, 1],
    ]);
    expect(groups[0]).toMatchObject({ aged: 1, unread: 1, recvQueue: 5, oldest: { atLeast: 60, atMost: 120 } });
    expect(groups[0]?.process).not.toHaveProperty('descriptor');
  });

  it('hold together what was dialled to one peer, whatever the local ports', () => {
    const dialled = (port: number) => leak({ direction: 'outbound', local: { address: '10.0.0.1', port } });

    expect(groupLeaks([dialled(40_000), dialled(40_001)], TELLING)).toMatchObject([
      { direction: 'outbound', endpoint: { address: '10.0.0.9', port: 50_000 }, count: 2 },
    ]);
  });

  it('name no local address where they have several', () => {
    const groups = groupLeaks([leak(), leak({ local: { address: '10.0.0.2', port: 8080 } })], TELLING);

    expect(groups).toMatchObject([{ endpoint: { address: null, port: 8080 }, count: 2 }]);
  });

  it('keep apart what nobody accepted from what its process holds', () => {
    const waiting = leak({ ownership: 'not_accepted', owners: [] });

    expect(groupLeaks([leak(), leak(), waiting], TELLING).map((group) => [group.class, group.count])).toEqual([
      ['owned', 2],
      ['not_accepted', 1],
    ]);
  });
});

describe('the class of a leak', () => {
  it.each([
    [{}, 'owned'],
    [{ owners: [node, { ...node, descriptor: 20 }] }, 'owned'],
    [{ owners: [node, java] }, 'inherited'],
    [{ ownership: 'not_accepted', owners: [] }, 'not_accepted'],
    [{ ownership: 'hidden', owners: [] }, 'owner_hidden'],
    [{ ownership: 'none', owners: [] }, 'kernel_owned'],
  ] as const)('with %j is %s', (changes, expected) => {
    expect(leakClassOf({ ...leak(), ...changes, owners: [...('owners' in changes ? changes.owners : [node])] })).toBe(
      expected,
    );
  });
});

describe('the age of a leak', () => {
  it('has no upper bound where nobody knows when it began', () => {
    expect(ageOf(leak({ openedAfter: null }), NOW)).toEqual({ atLeast: 60, atMost: null });
  });

  it('is never negative, whatever the clocks say', () => {
    expect(ageOf(leak({ openedBefore: '2026-11-22T12:00:01.000Z' }), NOW).atLeast).toBe(0);
  });
});

describe('the verdict on a group', () => {
  const evidence: ProcessEvidence = {
    process: { pid: 42, startedAt: '2026-11-22T10:00:00.000Z', executable: 'node', command: 'node shop.js' },
    uid: 1000,
    closeWait: 1,
    unread: 0,
    orphaned: 0,
    windowMs: 900,
    threads: { total: 1, looked: 1 },
    waits: [{ state: 'T', wchan: 'do_signal_stop', syscall: 'epoll_wait', threads: 1 }],
    polledAgoMs: null,
    watchedMs: 900,
    cpu: { runMsPerSecond: 0, runQueueWaitMsPerSecond: 0 },
    throttling: null,
    descriptors: { used: 20, limit: 1024 },
    missing: [],
  };
  const verdictOn = (connection: Connection, told: readonly ProcessEvidence[]): string | undefined =>
    groupLeaks([connection], { ...TELLING, evidence: told })[0]?.finding.verdict;

  it('rests on the evidence of the process that holds it, and of no other that had its pid', () => {
    expect(verdictOn(leak(), [evidence])).toBe('stopped');
    expect(verdictOn(leak({ recvQueue: 5 }), [])).toBe('unknown');
    const before = { ...evidence, process: { ...evidence.process, startedAt: '2026-11-21T10:00:00.000Z' } };
    expect(verdictOn(leak({ recvQueue: 5 }), [before])).toBe('unknown');
  });

  it('needs no process where none can have it', () => {
    const waiting = { ownership: 'not_accepted', owners: [], acceptQueue: { length: 5, limit: 4 } } as const;
    expect(verdictOn(leak({ ...waiting, owners: [] }), [])).toBe('not_accepted');
  });
});
