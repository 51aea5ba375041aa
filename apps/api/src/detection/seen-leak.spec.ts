import { describe, expect, it } from '@jest/globals';
import { iso } from '../testing/push-builder.ts';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { type SocketClass } from './leak-classes.queries.ts';
import { groupOrphans, seeLeaks } from './seen-leak.ts';

const AT = 1_800_000_000_000;

/** Of one service, leaked, held by a process. */
const socketClass = (pid: number, count: number, overrides: Partial<SocketClass> = {}): SocketClass => ({
  hostId: 1,
  netns: 0,
  direction: 'inbound',
  port: 8_080,
  address: null,
  ownership: 'known',
  executable: 'node',
  unit: 'shop.service',
  container: null,
  pid,
  startedAt: buildProcess(pid).startedAt,
  pids: null,
  aged: true,
  sent: false,
  count,
  old: 0,
  opened: 0,
  oldestAt: new Date(AT - 90_000),
  valuedAt: new Date(AT),
  recvQueue: '0',
  sendQueue: '0',
  bytesAcked: null,
  lastSentAt: null,
  timer: null,
  retries: null,
  queueLength: null,
  queueLimit: null,
  ...overrides,
});
const evidence = { takenAt: AT, content: [buildEvidence(buildProcess(10)), buildEvidence(buildProcess(11))] };

describe('what the sampled process holds of a leak', () => {
  it('is its share of the leaked ones of all processes', () => {
    const classes = [socketClass(10, 4), socketClass(11, 1), socketClass(12, 3), socketClass(11, 90, { aged: false })];
    const [leak] = seeLeaks(0, classes, [], { evidence }, AT);
    expect(leak?.evidence?.process.pid).toBe(11);
    expect(leak).toMatchObject({ leaked: 8, heldShare: 1 / 8 });
  });

  it('counts its orphans too, of which only the oldest are listed', () => {
    const owner = { ...buildProcess(10), executable: 'node', unit: 'shop.service', descriptor: 7 };
    const items = [10, 10, 12].map((pid, index) => ({
      socketId: `orphan-${index}`,
      orphanedAt: iso(AT - 60_000),
      owners: [{ ...owner, pid }],
    }));
    const orphans = groupOrphans(0, { count: 6, items }, new Map(), AT);
    const [leak] = seeLeaks(0, [], orphans, { evidence }, AT);
    expect(leak?.processes.map(({ pid }) => pid)).toEqual([10, 12]);
    expect(leak?.heldShare).toBeCloseTo(4 / 6);
  });

  it('is all of it where nothing is leaked yet', () => {
    const [leak] = seeLeaks(0, [socketClass(10, 4, { aged: false })], [], { evidence }, AT);
    expect(leak).toMatchObject({ leaked: 0, heldShare: 1 });
  });
});

describe('the oldest of a leak', () => {
  const sent = socketClass(10, 1, { sent: true, oldestAt: new Date(AT - 86_400_000) });

  it('is none of the half-closes that work beside it', () => {
    const [leak] = seeLeaks(0, [sent, socketClass(10, 3)], [], {}, AT);
    expect(leak).toMatchObject({ count: 4, leaked: 3, oldestAt: AT - 90_000 });
  });

  it('is one of these where there is nothing else', () => {
    const [leak] = seeLeaks(0, [sent], [], {}, AT);
    expect(leak).toMatchObject({ leaked: 0, oldestAt: AT - 86_400_000 });
  });
});

describe('what leaks towards many addresses', () => {
  const dialled = (address: string, overrides: Partial<SocketClass> = {}): SocketClass =>
    socketClass(10, 1, { direction: 'outbound', port: 443, address, ...overrides });
  const addresses = Array.from({ length: 11 }, (_, index) => `198.51.100.${index}`);

  it('is one leak, with its orphans', () => {
    const owner = { ...buildProcess(10), executable: 'node', unit: 'shop.service', descriptor: 7 };
    const row = {
      direction: 'outbound',
      port: 443,
      ownership: 'known',
      executable: 'node',
      unit: 'shop.service',
    } as const;
    const known = new Map(addresses.map((address) => [address, { ...row, address, container: null }]));
    const items = addresses.map((socketId) => ({ socketId, orphanedAt: iso(AT - 400_000), owners: [owner] }));
    const orphans = groupOrphans(0, { count: 11, items }, known, AT);
    const leaks = seeLeaks(0, [dialled('198.51.100.1'), dialled('198.51.100.77')], orphans, {}, AT);
    expect(leaks).toMatchObject([
      {
        subject: { endpoint: { address: null, port: 443 } },
        leaked: 13,
        orphaned: 11,
        old: 11,
        oldestAt: AT - 400_000,
      },
    ]);
  });

  it('is told by address while all but ten pass through', () => {
    const classes = addresses.map((address, index) => dialled(address, { aged: index < 10 }));
    expect(seeLeaks(0, classes, [], {}, AT)).toHaveLength(11);
    expect(seeLeaks(0, [...classes, dialled('198.51.100.99')], [], {}, AT)).toMatchObject([{ count: 12, leaked: 11 }]);
  });
});
