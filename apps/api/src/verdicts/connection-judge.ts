import { type Connection, type ProcessEvidence, type Turnover } from '@closewatch/protocol';
import {
  conditionOf,
  type Finding,
  judgeWith,
  type ObservedSocket,
  type ProcessCondition,
} from '@closewatch/socket-states';

/** What the newest snapshot of a namespace told of its processes, and of connections that passed through CLOSE_WAIT. */
export interface Told {
  readonly evidence: readonly ProcessEvidence[];
  readonly turnover: readonly Turnover[];
}

/** Of an instant of which only connections are kept. */
export const NOTHING_TOLD: Told = { evidence: [], turnover: [] };

interface Known {
  readonly evidence: ProcessEvidence;
  /** Found out when it is asked for first, and once: a process may hold thousands of connections. */
  condition: ProcessCondition | undefined;
}

type Passed = Pick<Turnover, 'opened' | 'closed'>;

/** Whose connections are alike to whoever judges them. */
export type Held = Pick<Connection, 'direction' | 'local' | 'peer' | 'owners'>;

/** Says of the connections of one namespace of a host why they do not close. */
export class ConnectionJudge {
  private readonly processes = new Map<number, Known[]>();
  private readonly passed = new Map<string, Passed>();

  constructor({ evidence, turnover }: Told) {
    for (const one of evidence) {
      const { pid } = one.process;
      this.processes.set(pid, [...(this.processes.get(pid) ?? []), { evidence: one, condition: undefined }]);
    }
    for (const { direction, endpoint, process, opened, closed } of turnover) {
      const key = passageKey(direction, endpoint.address, endpoint.port, process?.pid);
      const before = this.passed.get(key) ?? { opened: 0, closed: 0 };
      this.passed.set(key, { opened: before.opened + opened, closed: before.closed + closed });
    }
  }

  /** Of one connection, at an instant (milliseconds since the epoch). */
  judge(connection: Connection, at: number): Finding {
    // Its values are those of when it was seen last.
    const observed = { ...connection, valuedAt: connection.lastSeenAt };
    return judgeWith(this.conditionOf(connection), [observed], { at, turnover: this.turnoverOf(connection) });
  }

  /** Of most of some connections, in classes of such as are alike: of those that one process holds, the most. */
  judgeGroup(sockets: readonly ObservedSocket[], at: number): Finding {
    const byHolder = Map.groupBy(sockets, ({ owners }) => owners[0]?.pid);
    const [most = []] = [...byHolder.values()].sort((a, b) => countOf(b) - countOf(a));
    return judgeWith(most[0] && this.conditionOf(most[0]), most, { at });
  }

  /** What is known of who holds it: of the first of its owners that anything is known of. */
  private conditionOf({ owners }: Pick<ObservedSocket, 'owners'>): ProcessCondition | undefined {
    for (const { pid, startedAt } of owners) {
      const known = this.processes
        .get(pid)
        ?.find(({ evidence }) => startedAt === null || evidence.process.startedAt === startedAt);
      if (known !== undefined) return (known.condition ??= conditionOf(known.evidence));
    }
    return undefined;
  }

  private turnoverOf({ direction, local, peer, owners }: Held): Passed | undefined {
    if (this.passed.size === 0) return undefined;
    const [address, port] = direction === 'outbound' ? [peer.address, peer.port] : [null, local.port];
    return (
      this.passed.get(passageKey(direction, address, port, owners[0]?.pid)) ??
      this.passed.get(passageKey(direction, address, port, undefined))
    );
  }
}

function countOf(sockets: readonly ObservedSocket[]): number {
  return sockets.reduce((total, { count = 1 }) => total + count, 0);
}

function passageKey(
  direction: Turnover['direction'],
  address: string | null,
  port: number,
  pid: number | undefined,
): string {
  return `${direction ?? ''} ${address ?? ''} ${port} ${pid ?? ''}`;
}
