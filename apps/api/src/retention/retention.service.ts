import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Retention, RETENTION_KINDS, type RetentionItem, type RetentionKind } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { READ } from '../database/data-source.ts';
import { ApiError } from '../errors/api-error.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock } from '../time/clock.ts';
import { KeptDays } from './kept-days.ts';
import { KINDS_OF_DATA } from './retention-kinds.ts';
import { readDataDirectory, readRetention, readStoredTables, setRetention } from './retention.queries.ts';
import { storedKind } from './stored-kind.ts';

const TABLES = Object.values(KINDS_OF_DATA).flatMap(({ series, standing }) => [
  ...(series === null ? [] : [series]),
  ...standing,
]);

/** How long what is kept, what that takes on disk, and what another choice would take. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly dataSource: DataSource,
    @InjectDataSource(READ) private readonly reads: DataSource,
    private readonly kept: KeptDays,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  async read(): Promise<Retention> {
    const sql = this.reads.manager;
    const [set, tables, disk] = await Promise.all([readRetention(sql), readStoredTables(sql, TABLES), this.disk()]);
    const now = this.clock.now();
    const items = RETENTION_KINDS.map((kind) =>
      storedKind(
        kind,
        set.find((one) => one.kind === kind),
        tables,
        now,
      ),
    );
    return {
      items,
      total: {
        bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
        forecastBytes: items.reduce<number | null>(
          (sum, { forecastBytes }) => (sum === null || forecastBytes === null ? null : sum + forecastBytes),
          0,
        ),
        disk,
      },
    };
  }

  /**
   * Sets how many days a kind is kept; every server knows within a minute. What is older is dropped in the background. Throws {@link ApiError} 403 for whoever is not an administrator.
   */
  async set(principal: Principal, kind: RetentionKind, keepDays: number): Promise<RetentionItem> {
    if (principal.kind !== 'person' || principal.role !== 'admin') {
      throw ApiError.forbidden('Only an administrator may change how long data are kept.');
    }
    await setRetention(this.dataSource.manager, kind, keepDays, new Date(this.clock.now()));
    await this.kept.refresh();
    const { items } = await this.read();
    const item = items.find((one) => one.kind === kind);
    if (item === undefined) throw new Error(`Retention has no kind ${kind}.`);
    return item;
  }

  /** The disk of our own server's data; where the server is somebody else's its disk is, too. */
  private async disk(): Promise<Retention['total']['disk']> {
    if (this.configuration.databaseUrl !== undefined) return null;
    const { bavail, blocks, bsize } = await statfs(await readDataDirectory(this.dataSource.manager));
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  }
}
