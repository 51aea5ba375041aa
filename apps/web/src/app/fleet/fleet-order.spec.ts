import { AT_MS, host } from '../../testing/builders.ts';
import { fleetSections, totalsOf } from './fleet-order.ts';

const NOW = AT_MS + 1_000;
const seen = (secondsAgo: number) => new Date(NOW - secondsAgo * 1_000).toISOString();
const leaking = (id: string, oldestSeconds: number) =>
  host({ id, hostname: id, closeWait: { count: 9, aged: 4, oldestSeconds, orphaned: 0 } });

describe('fleetSections', () => {
  it('puts aged CLOSE_WAIT first, longest wait on top, then silent hosts', () => {
    const { attention, quiet } = fleetSections(
      [
        host({ id: 'calm', hostname: 'calm' }),
        host({ id: 'gone', hostname: 'gone', lastSeenAt: seen(3_600) }),
        leaking('young', 90),
        leaking('old', 9_000),
        host({ id: 'just gone', hostname: 'just gone', lastSeenAt: seen(120) }),
      ],
      NOW,
    );
    expect(attention.map((row) => [row.host.id, row.attention])).toEqual([
      ['old', 'leak'],
      ['young', 'leak'],
      ['just gone', 'silent'],
      ['gone', 'silent'],
    ]);
    expect(quiet.map((row) => row.host.id)).toEqual(['calm']);
  });

  it('does not call young CLOSE_WAIT a reason for attention', () => {
    const turnover = host({ closeWait: { count: 40, aged: 0, oldestSeconds: 3, orphaned: 0 } });
    expect(fleetSections([turnover], NOW).attention).toEqual([]);
  });

  it('calls orphaned descriptors a reason for attention, though no connection waits', () => {
    const orphaned = host({ closeWait: { count: 0, aged: 0, oldestSeconds: null, orphaned: 1 } });
    expect(fleetSections([orphaned], NOW).attention).toHaveLength(1);
  });

  it('sorts quiet hosts by name, numbers by value', () => {
    const hosts = ['web-10', 'web-9', 'api-1'].map((hostname) => host({ id: hostname, hostname }));
    expect(fleetSections(hosts, NOW).quiet.map((row) => row.host.hostname)).toEqual(['api-1', 'web-9', 'web-10']);
  });

  it('keeps the order of leaking hosts while their ages grow a sample apart', () => {
    const before = [leaking('a', 1_000), leaking('b', 950)];
    const after = [leaking('a', 1_000), { ...leaking('b', 955), lastSeenAt: new Date(AT_MS + 5_000).toISOString() }];
    const order = (hosts: typeof before) => fleetSections(hosts, NOW).attention.map((row) => row.host.id);
    expect(order(after)).toEqual(order(before));
  });
});

describe('totalsOf', () => {
  it('counts silent hosts as hosts, and not what they said last', () => {
    const counts = { ...host().counts, established: 5 };
    const totals = totalsOf([host({ counts }), host({ id: 'gone', counts, status: 'silent' })]);
    expect(totals.hosts).toEqual({ live: 1, stale: 0, silent: 1 });
    expect(totals.counts.established).toBe(5);
  });
});
