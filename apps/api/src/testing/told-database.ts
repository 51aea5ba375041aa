import { type Connection, type Snapshot } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { type SocketClass } from '../detection/leak-classes.queries.ts';
import { type SectionNews } from '../detection/told-sections.queries.ts';
import { sectionsOf } from '../sections/section-kinds.ts';

const LEAKED_MS = 60_000;
const OLD_MS = 300_000;

/** What detection reads of hosts that have told these snapshots of their own namespace; that nothing leaked before them. */
export class ToldDatabase implements Sql {
  private readonly newest = new Map<number, Snapshot>();
  private readonly sections = new Map<number, Map<string, SectionNews>>();

  /** Newer than all that the host has told. */
  tell(hostId: number, snapshot: Snapshot): void {
    this.newest.set(hostId, snapshot);
    const told = this.sections.get(hostId) ?? new Map<string, SectionNews>();
    const takenAt = new Date(snapshot.takenAt);
    for (const [kind, content] of sectionsOf(snapshot))
      told.set(kind, { hostId, netns: snapshot.netns, kind, takenAt, ofThisRun: true, content });
    this.sections.set(hostId, told);
  }

  query<Rows>(text: string, parameters: unknown[] = []): Promise<Rows> {
    const column = (index: number): string[] => String(parameters[index]).slice(1, -1).split(',');
    const isClasses = text.includes('AS asked (');
    if (!isClasses && !text.includes('section_latest')) return Promise.resolve([] as Rows);
    const since = column(3).map((at) => (at === 'NULL' ? null : Date.parse(at)));
    const rows = column(0).flatMap((hostId, index): (SocketClass | SectionNews)[] =>
      isClasses ? this.classes(Number(hostId), since[index] ?? null) : this.news(Number(hostId), since[index] ?? null),
    );
    return Promise.resolve(rows as Rows);
  }

  private news(hostId: number, since: number | null): SectionNews[] {
    const told = [...(this.sections.get(hostId)?.values() ?? [])];
    return told.filter(({ takenAt }) => since === null || takenAt.getTime() > since);
  }

  private classes(hostId: number, since: number | null): SocketClass[] {
    const snapshot = this.newest.get(hostId);
    if (snapshot === undefined) return [];
    const at = Date.parse(snapshot.takenAt);
    const opened = ({ openedBefore }: Connection): number => Date.parse(openedBefore);
    const byClass = Map.groupBy(snapshot.connections, (connection) => {
      const { local, owners } = connection;
      return `${opened(connection) <= at - LEAKED_MS} ${local.port} ${owners[0]?.pid}`;
    });
    return [...byClass.values()].map((alike): SocketClass => {
      const [first] = alike;
      const owner = first?.owners[0];
      if (first === undefined || owner === undefined) throw new Error('A class has a connection, which has an owner.');
      const aged = opened(first) <= at - LEAKED_MS;
      return {
        hostId,
        netns: snapshot.netns,
        direction: first.direction,
        port: first.local.port,
        address: null,
        ownership: first.ownership,
        executable: owner.executable,
        unit: owner.unit ?? null,
        container: null,
        pid: owner.pid,
        startedAt: owner.startedAt,
        pids: null,
        aged,
        sent: false,
        count: alike.length,
        old: alike.filter((connection) => opened(connection) <= at - OLD_MS).length,
        opened: aged && since !== null ? alike.filter((one) => opened(one) > since - LEAKED_MS).length : 0,
        oldestAt: new Date(Math.min(...alike.map(opened))),
        valuedAt: new Date(at),
        recvQueue: '0',
        sendQueue: '0',
        bytesAcked: null,
        lastSentAt: null,
        timer: null,
        retries: null,
        queueLength: null,
        queueLimit: null,
      };
    });
  }
}
