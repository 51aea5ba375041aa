import {
  type HostPorts,
  HostPortsSchema,
  type HostProcesses,
  HostProcessesSchema,
  type PortHistory,
  PortHistorySchema,
  type Ports,
  type ProcessHistory,
  ProcessHistorySchema,
  type ProcessTable,
  type Push,
  type Snapshot,
} from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from './push-builder.ts';
import { buildPorts, buildProcess } from './section-builder.ts';
import { type Answer, TestApi } from './test-api.ts';
import { type TestDatabase } from './test-database.ts';

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The beginning of an hour, far enough back that all of a story is over. */
export const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS;
/** Snapshots in one push: one has no more than 1,000. */
const TOGETHER = 200;

/** A minute of the story, in milliseconds since the epoch. */
export const at = (minute: number): number => START + minute * MINUTE_MS;
/** Query parameters from one minute of the story to another. */
export const range = (from: number, to: number): string => `from=${iso(at(from))}&to=${iso(at(to))}`;

/** A snapshot each minute from `first` on, with what `tell` says of it. */
export function minutes(first: number, count: number, tell: (minute: number) => Partial<Snapshot>): Snapshot[] {
  return Array.from({ length: count }, (_, index) =>
    buildSnapshot({ seq: first + index, takenAt: iso(at(first + index)), ...tell(first + index) }),
  );
}

export const leaking = buildProcess(10, { unit: 'shop.service' });
export const steady = buildProcess(11);

/** One leaks a connection a minute from its five on; one is steady; in each a short one that comes and goes. */
export function processTable(minute: number): ProcessTable {
  const short = buildProcess(1_000 + minute);
  return {
    items: [
      {
        process: leaking,
        counts: { close_wait: 5 + minute, listen: 1 },
        descriptors: { used: 50 + minute, limit: 1_024 },
      },
      { process: steady, counts: { established: 4 }, descriptors: { used: null, limit: null } },
      { process: short, counts: { syn_sent: 1 }, descriptors: { used: 3, limit: 1_024 } },
    ],
    others: minute % 7,
    unowned: 2,
  };
}

/** One destination takes a port more each minute, another, by IPv6, none. */
export function portPressure(minute: number): Ports {
  const ports = buildPorts(100 + minute);
  const [crowded] = ports.destinations;
  if (crowded === undefined) throw new Error('There is a destination.');
  const other = { ...crowded, localAddress: '2001:db8::1', peer: { address: '2001:db8::2', port: 80 }, used: 7 };
  return {
    ...ports,
    destinations: [crowded, other],
    closesPerSecond: minute / 4,
    timeWait: { count: minute, max: 4_096 },
  };
}

export const both = (minute: number): Partial<Snapshot> => ({
  processes: processTable(minute),
  ports: portPressure(minute),
});

/** A server that packs nothing by itself, to tell it of processes and ports and to ask for them again. */
export class SampleStory {
  private constructor(
    readonly database: TestDatabase,
    readonly api: TestApi,
    private readonly cookie: string,
  ) {}

  /** On a database of its own, which it drops at the end. */
  static async begin(database: TestDatabase): Promise<SampleStory> {
    await database.query('UPDATE packing SET closed_until = $1, packed_until = $1', [iso(START - 40 * DAY_MS)]);
    const api = await TestApi.start({ databaseUrl: database.url });
    return new SampleStory(database, api, await api.signIn());
  }

  async end(): Promise<void> {
    await this.api.stop();
    await this.database.drop();
  }

  /** By a host of its own, unless one is named. */
  async tell(snapshots: readonly Snapshot[], push: Push = buildPush()): Promise<Push> {
    for (let index = 0; index < snapshots.length; index += TOGETHER) {
      await this.api.pushed({ ...push, snapshots: snapshots.slice(index, index + TOGETHER) });
    }
    return push;
  }

  async processHistory(push: Push, query: string): Promise<ProcessHistory> {
    return ProcessHistorySchema.parse(await this.read(push, `processes/history?${query}`));
  }

  async portHistory(push: Push, query: string): Promise<PortHistory> {
    return PortHistorySchema.parse(await this.read(push, `ports/history?${query}`));
  }

  async processesAt(push: Push, minute: number, query = ''): Promise<HostProcesses> {
    return HostProcessesSchema.parse(await this.read(push, `processes?at=${iso(at(minute))}${query}`));
  }

  async portsAt(push: Push, minute: number): Promise<HostPorts> {
    return HostPortsSchema.parse(await this.read(push, `ports?at=${iso(at(minute))}`));
  }

  /** A read that may fail. */
  request(agentId: string, path: string): Promise<Answer<unknown>> {
    return this.api.request('GET', `/api/v1/hosts/${agentId}/${path}`, { headers: { cookie: this.cookie } });
  }

  /** Rows of a host in a table. */
  async countOf(table: string, { agentId }: Push): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM ${table} JOIN host USING (host_id) WHERE agent_id = $1`,
      [agentId],
    );
    return row?.count ?? 0;
  }

  private read({ agentId }: Push, path: string): Promise<unknown> {
    return this.api.read(this.cookie, `/api/v1/hosts/${agentId}/${path}`);
  }
}
