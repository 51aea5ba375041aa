import { describe, expect, it } from '@jest/globals';
import { type Sql } from '../database/data-source.ts';
import { HostMemory } from './host-memory.ts';
import { NamespaceReader } from './namespace-reader.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

const AT = Date.parse('2026-10-01T12:00:00Z');
const SECOND_MS = 1_000;

/** A database without connections, which counts what is asked of the past; `fails` with an error of PostgreSQL. */
class QuietDatabase implements Sql {
  rebuilt = 0;
  fails: string | undefined;

  query<Rows>(text: string): Promise<Rows> {
    const isPast = text.includes('connection_ended');
    if (isPast) this.rebuilt++;
    if (isPast && this.fails !== undefined)
      return Promise.reject(Object.assign(new Error('it fails'), { code: this.fails }));
    return Promise.resolve([] as Rows);
  }
}

async function look(
  sql: Sql,
  memory: HostMemory,
  { at, uncheckedMs }: { at: number; uncheckedMs: number },
): Promise<void> {
  const namespace = { netns: 0, at, intervalMs: 5 * SECOND_MS, counts: {}, closeWait: 9 };
  const host: WatchedHost = {
    hostId: 1,
    agentId: 'agent',
    hostname: 'web-1',
    cursor: '1',
    runId: 'run',
    bootId: 'boot',
    intervalMs: namespace.intervalMs,
    clockOffsetMs: 0,
    lastSeenAt: at,
    namespaces: [namespace],
  };
  const reader = new NamespaceReader(sql);
  const looks = [{ host, namespaces: [namespace], memory, uncheckedMs }];
  await reader.readPast(looks);
  await reader.readAll(looks);
}

describe('NamespaceReader', () => {
  it('reads the past at the first look, and after a gap in what the agent told; not because we looked late', async () => {
    const [sql, memory] = [new QuietDatabase(), new HostMemory()];
    await look(sql, memory, { at: AT, uncheckedMs: 0 });
    expect(sql.rebuilt).toBe(1);
    // A large host that rests for minutes.
    for (let minute = 2; minute <= 10; minute += 2) {
      await look(sql, memory, { at: AT + minute * 60 * SECOND_MS, uncheckedMs: 120 * SECOND_MS });
    }
    expect(sql.rebuilt).toBe(1);
    // Nothing came for two minutes, though we looked every two seconds.
    await look(sql, memory, { at: AT + 12 * 60 * SECOND_MS, uncheckedMs: 2 * SECOND_MS });
    expect(sql.rebuilt).toBe(2);
  });

  it('begins with what is seen now where the past takes too long to read, and does not try again', async () => {
    const [sql, memory] = [new QuietDatabase(), new HostMemory()];
    sql.fails = '57014';
    await look(sql, memory, { at: AT, uncheckedMs: 0 });
    await look(sql, memory, { at: AT + 5 * SECOND_MS, uncheckedMs: 0 });
    expect([sql.rebuilt, memory.windows(0).newestAt]).toEqual([1, AT + 5 * SECOND_MS]);
  });

  it('tells of any other error', async () => {
    const sql = new QuietDatabase();
    sql.fails = '42P01';
    await expect(look(sql, new HostMemory(), { at: AT, uncheckedMs: 0 })).rejects.toThrow('it fails');
  });
});
