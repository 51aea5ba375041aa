import { Inject, Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import { type Sql } from '../database/data-source.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { LOCK_CLIENT } from './detection-pool.ts';
import { bePresent, countPresent, releaseShards, SHARDS, takeShards } from './shard-locks.queries.ts';

const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

/**
 * The shards of hosts that this server watches over: their locks are those of one connection, and end with it, so that
 * another server takes them over. Servers share them evenly.
 */
@Injectable()
export class ShardLocks {
  private readonly logger = new Logger(ShardLocks.name);
  private client: pg.Client | undefined;
  private shards: ReadonlySet<number> = new Set();

  constructor(@Inject(LOCK_CLIENT) private readonly connect: () => pg.Client) {}

  /** Those that are ours now; another set, not a changed one, when they are not the same any more. */
  get owned(): ReadonlySet<number> {
    return this.shards;
  }

  owns(hostId: number): boolean {
    return this.shards.has(hostId % SHARDS);
  }

  /** Asks for a fair share of the shards, and gives back what is more. Throws when the database is away: then none is ours. */
  async renew(): Promise<void> {
    try {
      const sql = this.session(this.client ?? (await this.begin()));
      const share = Math.ceil(SHARDS / Math.max(1, await countPresent(sql)));
      const owned = [...this.shards];
      if (owned.length > share) {
        // Not ours before they are given back: nothing is begun any more that another might do as well.
        this.shards = new Set(owned.slice(0, share));
        await releaseShards(sql, owned.slice(share));
      } else if (owned.length < share) {
        const wanted = ALL_SHARDS.filter((shard) => !this.shards.has(shard));
        const taken = await takeShards(sql, wanted);
        const kept = [...owned, ...taken].slice(0, share);
        const tooMany = taken.filter((shard) => !kept.includes(shard));
        if (tooMany.length > 0) await releaseShards(sql, tooMany);
        if (kept.length > owned.length) this.shards = new Set(kept);
      }
    } catch (error) {
      await this.release();
      throw coerceError(error);
    }
  }

  /** Ends the connection, and with it every lock. */
  async release(): Promise<void> {
    const { client } = this;
    this.lose(client);
    await client?.end().catch(() => undefined);
  }

  private async begin(): Promise<pg.Client> {
    const client = this.connect();
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    this.client = client;
    await client.connect();
    await bePresent(this.session(client));
    return client;
  }

  private lose(client: pg.Client | undefined): void {
    if (client === undefined || this.client !== client) return;
    if (this.shards.size > 0) this.logger.debug(`Gives up ${this.shards.size} shards of hosts.`);
    this.client = undefined;
    this.shards = new Set();
  }

  private session(client: pg.Client): Sql {
    return { query: async (text, values) => (await client.query(text, values as unknown[])).rows as never };
  }
}
