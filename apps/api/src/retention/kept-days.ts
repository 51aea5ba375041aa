import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { RETENTION_KINDS, type RetentionKind } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { coerceError } from '../errors/coerce-error.ts';
import { KINDS_OF_DATA } from './retention-kinds.ts';
import { readRetention } from './retention.queries.ts';

const DAY_MS = 86_400_000;
/** What is set at one server is known to the others no later than this. */
const REFRESH_MS = 20_000;

/** How long each kind is kept, as it is set now, without asking the database at each use. */
@Injectable()
export class KeptDays implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(KeptDays.name);
  private readonly listeners = new Set<() => void>();
  private days = defaults();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.refresh().catch((error: unknown) => {
        this.logger.warn(`Whether retention has changed will be asked again: ${coerceError(error).message}`);
      });
    }, REFRESH_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  of(kind: RetentionKind): number {
    return this.days[kind];
  }

  ofMs(kind: RetentionKind): number {
    return this.days[kind] * DAY_MS;
  }

  /** The longest of these kinds, or of all. */
  longestOf(kinds: readonly RetentionKind[] = RETENTION_KINDS): number {
    return Math.max(...kinds.map((kind) => this.days[kind]));
  }

  /** Reads again what is set, and tells whoever listens when that is something else than before. */
  async refresh(): Promise<void> {
    const days = defaults();
    for (const { kind, keepDays } of await readRetention(this.dataSource.manager)) {
      // A newer server may have kinds that we do not know.
      if (kind in days) days[kind as RetentionKind] = keepDays;
    }
    const changed = RETENTION_KINDS.some((kind) => days[kind] !== this.days[kind]);
    this.days = days;
    if (changed) for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }
}

function defaults(): Record<RetentionKind, number> {
  return Object.fromEntries(RETENTION_KINDS.map((kind) => [kind, KINDS_OF_DATA[kind].defaultDays])) as Record<
    RetentionKind,
    number
  >;
}
