import { type AgentEvent, type Connection, type Snapshot } from '@closewatch/protocol';
import { buildConnection, buildSnapshot, iso } from './push-builder.ts';
import { buildEvidence, buildProcess } from './section-builder.ts';

/** What a service of a host does, by the host's snapshots, of which one is taken each step. */
export interface ToldLeak {
  readonly port: number;
  /** The first snapshot with a connection that nobody closes. */
  readonly from: number;
  /** How many begin to leak in each snapshot from then on; later none do. */
  readonly perStep: readonly number[];
  /** What becomes of them some snapshots later. */
  readonly end: { readonly after: number; readonly how: 'closes' | 'restarts' } | null;
  /** Descriptors that the service may have; null: nothing is told of its process. */
  readonly descriptorLimit: number | null;
  /** By how much the counter of overflown accept queues rises in each snapshot. */
  readonly overflows: number;
}

/** All snapshots of a host whose service does that, the first at `begin` (milliseconds). */
export function tellLeak(told: ToldLeak, steps: number, begin: number, stepMs: number): Snapshot[] {
  const endsAt = told.end === null ? Infinity : told.from + told.perStep.length + told.end.after;
  return Array.from({ length: steps }, (_, seq) => {
    const at = begin + seq * stepMs;
    const takenAt = iso(at);
    const isAnother = told.end?.how === 'restarts' && seq >= endsAt;
    const startedAt = iso(isAnother ? begin + endsAt * stepMs : begin - 86_400_000);
    const process = { ...buildProcess(isAnother ? 4_712 : 4_711), startedAt, executable: '/usr/bin/node' };
    const owner = { ...process, unit: 'shop.service', command: 'node shop.js' };
    const connections: Connection[] = told.perStep.flatMap((count, index) => {
      const openedAt = begin + (told.from + index) * stepMs;
      if (openedAt > at || seq >= endsAt) return [];
      return Array.from({ length: count }, (_unused, one) =>
        buildConnection(`socket-${index}-${one}`, openedAt, {
          local: { address: '192.0.2.1', port: told.port },
          recvQueue: 0,
          lastSeenAt: takenAt,
          owners: [{ ...owner, descriptor: 20 + index * 100 + one }],
        }),
      );
    });
    const descriptors = { used: 40 + connections.length, limit: told.descriptorLimit ?? 0 };
    const restarted: AgentEvent = {
      at: takenAt,
      kind: 'service_restarted',
      process: { pid: process.pid, startedAt, executable: process.executable, unit: 'shop.service' },
      before: { pid: 4_711, startedAt: iso(begin - 86_400_000) },
      replaced: true,
    };
    return buildSnapshot({
      seq,
      takenAt,
      intervalMs: stepMs,
      connections,
      counts: { close_wait: connections.length } as Snapshot['counts'],
      ...(told.descriptorLimit === null || connections.length === 0
        ? {}
        : { evidence: [buildEvidence(process, { descriptors, closeWait: connections.length })] }),
      ...(told.overflows === 0 ? {} : { kernel: { counters: { ListenOverflows: 100 + told.overflows * seq } } }),
      ...(isAnother && seq === endsAt ? { events: [restarted] } : {}),
    });
  });
}
