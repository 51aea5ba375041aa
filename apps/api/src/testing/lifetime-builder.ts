import { type Connection, type Owner } from '@closewatch/protocol';
import { buildConnection, buildPush, buildSnapshot, iso } from './push-builder.ts';
import { type TestApi } from './test-api.ts';

/** One connection of a story: who, from when to when it stood (milliseconds; no end: it still does), on which host. */
export interface StoryLine {
  readonly host: number;
  readonly netns: number;
  readonly connection: Connection;
}

/** A sequence that is the same in each run: 0 to 1, by mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const PROGRAMS = ['/usr/bin/node', '/usr/lib/jvm/bin/java', '/opt/shop/bin/shop', '/usr/sbin/nginx'];

/**
 * Connections of some hosts over an hour that ends at `now`: a third of them still open, with peers of both families, few
 * ports, and owners of all kinds, one and several, known and not. Instants are whole seconds, so that many coincide.
 */
export function tellStory(count: number, hosts: number, now: number, random = seeded(7)): StoryLine[] {
  const pick = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: count }, (_, index) => {
    const opened = now - 3_600_000 + pick(3_500) * 1_000;
    const ended = random() < 0.66 ? Math.min(now, opened + pick(2_000) * 1_000) : undefined;
    const inbound = random() < 0.6;
    const owners = random() < 0.85 ? Array.from({ length: 1 + pick(2) }, () => owner(pick, now)) : [];
    const peer = random() < 0.8 ? `10.0.${pick(4)}.${pick(6)}` : `2001:db8:${pick(3)}::${1 + pick(5)}`;
    return {
      host: pick(hosts),
      netns: random() < 0.8 ? 0 : 3,
      connection: buildConnection(`socket-${String(index).padStart(5, '0')}`, opened, {
        local: { address: `192.0.2.${1 + pick(3)}`, port: inbound ? 8_080 + pick(2) : 40_000 + pick(20_000) },
        peer: { address: peer, port: inbound ? 40_000 + pick(20_000) : 443 },
        direction: random() < 0.9 ? (inbound ? 'inbound' : 'outbound') : null,
        lastSeenAt: iso(ended ?? now),
        recvQueue: pick(3),
        owners,
        ownership: owners.length > 0 ? 'known' : 'hidden',
        ...(ended === undefined ? {} : { endedAt: iso(ended), endedAs: random() < 0.5 ? 'closed' : 'orphaned' }),
      }),
    };
  });
}

function owner(pick: (below: number) => number, now: number): Owner {
  const program = pick(PROGRAMS.length);
  return {
    pid: 100 + program * 10 + pick(3),
    startedAt: iso(now - 7_200_000),
    executable: PROGRAMS[program] ?? '',
    command: `=cmd("${program}"), and more`,
    descriptor: pick(50),
    ...(program === 2 ? { unit: 'shop.service' } : {}),
    ...(program === 3 ? { containerId: 'c0ffee'.repeat(10) + '0123' } : {}),
  };
}

/** Pushes a story, each host in a snapshot for each namespace taken at `now`; returns the hosts' ids in order. */
export async function pushStory(
  api: TestApi,
  story: readonly StoryLine[],
  hosts: number,
  now: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let host = 0; host < hosts; host++) {
    const push = buildPush({
      snapshots: [0, 3].map((netns, index) =>
        buildSnapshot({
          seq: index,
          netns,
          takenAt: iso(now),
          ...(netns === 0 ? {} : { namespace: { inode: 4_026_532_000, name: 'shop' } }),
          connections: story
            .filter((line) => line.host === host && line.netns === netns)
            .map(({ connection }) => connection),
        }),
      ),
    });
    await api.pushed({ ...push, agent: { ...push.agent, hostname: `web-${host}` } });
    ids.push(push.agentId);
  }
  return ids;
}
