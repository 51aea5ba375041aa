import type { ConnectionItem } from '@closewatch/protocol';
import { connection, ownedBy } from '../../testing/builders.ts';
import { heard } from '../live/host-watch.ts';
import { changesByGroup } from './changes-by-group.ts';
import { changesOf } from './connection-changes.ts';

const to = (address: string, overrides: Partial<ConnectionItem> = {}) =>
  connection({ peer: { address, port: 443 }, ...overrides });

describe('changesByGroup', () => {
  it('counts what came and went by process and by peer, the most changed first', () => {
    const changes = {
      appeared: heard([to('10.0.0.1', ownedBy('/usr/bin/node', 7)), to('10.0.0.2', ownedBy('/usr/bin/node', 7))]),
      vanished: heard([to('10.0.0.2', { ownership: 'hidden' })]),
      stayed: 4,
    };
    expect(changesByGroup(changes, 'process')).toEqual([
      { name: 'node 7', appeared: 2, vanished: 0 },
      { name: 'hidden', appeared: 0, vanished: 1 },
    ]);
    expect(changesByGroup(changes, 'peer')).toEqual([
      { name: '10.0.0.2', appeared: 1, vanished: 1 },
      { name: '10.0.0.1', appeared: 1, vanished: 0 },
    ]);
  });

  it('sums up what is beyond the first eight, and loses none', () => {
    const appeared = heard(Array.from({ length: 12 }, (_, index) => to(`10.0.0.${index}`)));
    const groups = changesByGroup({ appeared, vanished: [], stayed: 0 }, 'peer');
    expect(groups).toHaveLength(9);
    expect(groups.at(-1)).toEqual({ name: '', appeared: 4, vanished: 0 });
  });
});

describe('changesOf', () => {
  const items = [
    { ...connection({ socketId: 'appeared-1' }), change: 'appeared' as const },
    { ...connection({ socketId: 'vanished-1' }), change: 'vanished' as const },
  ];
  const ids = (changes: ReturnType<typeof changesOf>) => [
    changes.appeared.map(({ socketId }) => socketId),
    changes.vanished.map(({ socketId }) => socketId),
  ];

  it('tells what came and what went', () => {
    expect(ids(changesOf(items, 3, false))).toEqual([['appeared-1'], ['vanished-1']]);
  });

  it('looked at backwards, what came is not there yet', () => {
    expect(ids(changesOf(items, 3, true))).toEqual([['vanished-1'], ['appeared-1']]);
  });
});
