import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { CommitFeed } from './commit-feed.ts';
import { labelHosts } from './demonstration-mark.queries.ts';

const LABEL = 'demo';
const VALUE = 'simulated';

/** On a server that shows simulated hosts, every host that pushes is labelled so: in lists, exports and copies too. */
@Injectable()
export class DemonstrationMark implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DemonstrationMark.name);
  private readonly marked = new Set<string>();
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: CommitFeed,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  onModuleInit(): void {
    if (!this.configuration.demonstration) return;
    this.unsubscribe = this.feed.subscribe((agentIds) => {
      this.mark(agentIds).catch((error: unknown) => {
        this.logger.warn(`Hosts are labelled with their next push: ${coerceError(error).message}`);
      });
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }

  private async mark(agentIds: readonly string[]): Promise<void> {
    const fresh = agentIds.filter((agentId) => !this.marked.has(agentId));
    if (fresh.length === 0) return;
    await labelHosts(this.dataSource.manager, fresh, LABEL, VALUE);
    for (const agentId of fresh) this.marked.add(agentId);
  }
}
