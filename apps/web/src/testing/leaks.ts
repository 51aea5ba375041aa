import type { ConnectionDetails, LeakGroup } from '@closewatch/protocol';
import type { Finding } from '@closewatch/socket-states';
import { connection, HOST_ID } from './builders.ts';

export const FINDING: Finding = {
  verdict: 'code_leak',
  confidence: 0.85,
  for: [{ key: 'reason.read_to_the_end', parameters: { count: 12 } }],
  against: [],
  missing: [],
  advice: { key: 'advice.code_leak', parameters: { pid: 4_711, executable: '/usr/bin/node' } },
};

/** A leak of a service that never closes what comes in at port 8080. */
export function leak(overrides: Partial<LeakGroup> = {}): LeakGroup {
  return {
    subject: {
      netns: 0,
      service: { executable: '/usr/bin/node', unit: 'checkout.service', containerId: null },
      ownership: 'known',
      direction: 'inbound',
      endpoint: { address: null, port: 8_080 },
    },
    processes: [{ pid: 4_711, startedAt: null }],
    count: 20,
    leaked: 12,
    orphaned: 0,
    oldestSeconds: 300,
    finding: FINDING,
    level: 'warning',
    slopePerHour: 120,
    timeLeftSeconds: 7_200,
    incidentId: null,
    ...overrides,
  };
}

/** A leaked connection whose other end is gone, in the way of new ones. */
export function connectionDetails(overrides: Partial<ConnectionDetails> = {}): ConnectionDetails {
  const one = connection({ verdict: FINDING });
  return {
    host: { id: HOST_ID, hostname: 'web-1' },
    netns: 0,
    connection: one,
    peerEnd: {
      hostId: HOST_ID,
      hostname: 'client-2',
      netns: 3,
      state: 'gone',
      ground: 'not_there',
      asOf: one.lastSeenAt,
    },
    oldTuple: { peer: one.peer, local: one.local, stillUsed: 7, asOf: one.lastSeenAt },
    leak: leak(),
    commands: [{ program: 'ss', command: 'ss -tnp' }],
    ...overrides,
  };
}
