import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { AgentToken } from './agent-token.entity.ts';
import { replaceOwnToken } from './agent-tokens.queries.ts';
import { newSecret, sha256 } from './credentials.ts';

export type AgentPrincipal = Extract<Principal, { kind: 'agent' }>;

/** A revoked token works no longer than this. */
const CACHE_MS = 2_000;
const CACHE_ENTRIES = 10_000;

/** The tokens that agents push with. */
@Injectable()
export class AgentTokensService implements OnModuleInit {
  private readonly cache = new Map<string, { agent: Promise<AgentPrincipal | undefined>; until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Where the token for agents of this machine lies, readable by us alone. */
  get tokenFile(): string {
    return join(this.configuration.dataFolder, 'agent-token');
  }

  async onModuleInit(): Promise<void> {
    const token = this.configuration.agentToken ?? (await this.readTokenFile()) ?? newSecret();
    await writeFile(this.tokenFile, `${token}\n`, { mode: 0o600 });
    await this.dataSource.transaction((sql) => replaceOwnToken(sql, sha256(token)));
  }

  /** Who presents this token; undefined when it is unknown or revoked. */
  findAgent(token: string): Promise<AgentPrincipal | undefined> {
    const key = hash('sha256', token, 'hex');
    const now = this.clock.now();
    const cached = this.cache.get(key);
    if (cached !== undefined && cached.until > now) return cached.agent;
    // All that ask at once get the one answer.
    const agent = this.readAgent(Buffer.from(key, 'hex'));
    const entry = { agent, until: now + CACHE_MS };
    if (this.cache.size >= CACHE_ENTRIES) this.cache.clear();
    this.cache.set(key, entry);
    agent.catch(() => {
      if (this.cache.get(key) === entry) this.cache.delete(key);
    });
    return agent;
  }

  private async readAgent(tokenSha256: Buffer): Promise<AgentPrincipal | undefined> {
    const record = await this.dataSource.getRepository(AgentToken).findOneBy({ tokenSha256, revokedAt: IsNull() });
    return record === null ? undefined : { kind: 'agent', tokenId: record.id, name: record.name };
  }

  private async readTokenFile(): Promise<string | undefined> {
    const token = (await readFile(this.tokenFile, 'utf8').catch(() => '')).trim();
    return token === '' ? undefined : token;
  }
}
