import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { type PushAnswer } from '@closewatch/protocol';
import { databaseFault, isStatementTimeout, sqlState } from '../database/database-faults.ts';
import { ApiError } from '../errors/api-error.ts';
import { KeptDays } from '../retention/kept-days.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { type PushToWrite } from './admission.ts';
import { CommitFeed } from './commit-feed.ts';
import { GroupCommit, type GroupCommitLimits, QueueFullError } from './group-commit.ts';
import { INGEST_LIMITS } from './ingest-limits.ts';
import { type BodyCount } from './push-body.ts';
import { parsePush, type RejectedItem } from './push-parser.ts';
import { SnapshotWriter, type WriteResult } from './snapshot-writer.ts';

/** After so many pushes of a group that were too slow each by itself, the others are not tried: each try takes long. */
const TOO_SLOW_LIMIT = 2;

type Written = Exclude<WriteResult, { outcome: 'cloned' }> & { readonly refused: readonly RejectedItem[] };
type Outcome = Written | { readonly outcome: 'cloned' };

const CLONED =
  'Another machine is pushing under this agentId with other boot or machine ids: this one looks like a clone of it. ' +
  'Delete the file agent-id in the state folder of the agent on this machine and restart the agent. ' +
  'If this is the same machine after a reboot, the next push will be accepted.';

/** Takes the pushes of agents: each is answered after its commit. */
@Injectable()
export class IngestService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(IngestService.name);
  private readonly commits: GroupCommit<PushToWrite, Outcome>;
  /** Since the start. Of pushes: stored, refused for what they say, failed; of the snapshots in those that were stored: the others. */
  readonly counts = { stored: 0, refused: 0, failed: 0, accepted: 0, duplicate: 0, rejected: 0 };

  constructor(
    private readonly writer: SnapshotWriter,
    private readonly feed: CommitFeed,
    private readonly clock: Clock,
    private readonly kept: KeptDays,
    @Inject(INGEST_LIMITS) limits: GroupCommitLimits,
  ) {
    this.commits = new GroupCommit(limits, (pushes) => this.writeGroup(pushes));
  }

  /**
   * The body of a push begins to be read: its bytes count with those of the pushes that wait. Throws {@link ApiError} 503,
   * and so does the count later, while there are too many, so that what would be refused need not be read.
   */
  startBody(): BodyCount {
    const refuse = (): never => {
      this.counts.failed++;
      throw ApiError.unavailable(new QueueFullError().message);
    };
    if (this.commits.isFull) refuse();
    const arrival = this.commits.arrival();
    return {
      add: (bytes) => {
        if (!arrival.add(bytes)) refuse();
      },
      end: () => arrival.end(),
    };
  }

  /** What waits for the database; bytes of JSON text, with those that are still being read. */
  get waiting(): { readonly pushes: number; readonly bytes: number } {
    const { items, weight } = this.commits.waits;
    return { pushes: items, bytes: weight };
  }

  /** Parses and stores a push, whose JSON text has so many bytes. Throws {@link ApiError}: 400, 409 `cloned`, 426, 503. */
  push(body: unknown, bytes: number): Promise<PushAnswer> {
    return this.counted(() => this.parseAndStore(body, bytes));
  }

  /** Stores what is parsed already. Throws {@link ApiError}: 409 `cloned`, 503. */
  take(push: PushToWrite, bytes: number): Promise<PushAnswer> {
    return this.counted(() => this.storeAndAnswer(push, bytes));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.commits.drained();
  }

  private async parseAndStore(body: unknown, bytes: number): Promise<PushAnswer> {
    const { header, items, rejected } = parsePush(body, this.clock.now(), {
      // The sections of a snapshot are kept for times of their own.
      snapshotDays: this.kept.longestOf(['snapshots', 'processes', 'ports']),
      endedDays: this.kept.of('connections'),
      eventDays: this.kept.of('events'),
    });
    if (items.length === 0) return this.answer({ accepted: 0, duplicate: 0, resync: false }, rejected);
    return this.storeAndAnswer({ header, items }, bytes, rejected);
  }

  /** Beside what was rejected when it was parsed. */
  private async storeAndAnswer(
    push: PushToWrite,
    bytes: number,
    rejected: readonly RejectedItem[] = [],
  ): Promise<PushAnswer> {
    const written = await this.store(push, bytes);
    if (written.outcome === 'cloned') throw new ApiError(409, 'cloned', CLONED);
    return this.answer(written, [...rejected, ...written.refused]);
  }

  private async counted(work: () => Promise<PushAnswer>): Promise<PushAnswer> {
    const { counts } = this;
    try {
      const answer = await work();
      counts.stored++;
      counts.accepted += answer.accepted;
      counts.duplicate += answer.duplicate;
      counts.rejected += answer.rejected.length;
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.getStatus() < 500) counts.refused++;
      else counts.failed++;
      throw error;
    }
  }

  private async store(push: PushToWrite, bytes: number): Promise<Outcome> {
    try {
      return await this.commits.submit(push, bytes, push.header.agentId);
    } catch (error) {
      if (error instanceof QueueFullError) throw ApiError.unavailable(error.message, error);
      throw error;
    }
  }

  private answer(
    written: Pick<Written, 'accepted' | 'duplicate' | 'resync'>,
    rejected: readonly RejectedItem[],
  ): PushAnswer {
    return {
      accepted: written.accepted,
      duplicate: written.duplicate,
      rejected: rejected.toSorted((a, b) => a.index - b.index).map(({ index, issues }) => ({ index, issues })),
      serverTime: isoInstant(this.clock.now()),
      resync: written.resync,
    };
  }

  private async writeGroup(pushes: readonly PushToWrite[]): Promise<PromiseSettledResult<Outcome>[]> {
    try {
      const results = await this.write(pushes);
      return results.map((value) => ({ status: 'fulfilled', value }));
    } catch (error) {
      const alone = pushes.length === 1;
      if (databaseFault(error) === 'away' && (alone || !isStatementTimeout(error))) throw error;
      this.logger.warn(`A group of ${pushes.length} pushes failed (${sqlState(error) ?? 'no code'}); one by one now.`);
    }
    return this.writeOneByOne(pushes);
  }

  /** What was refused, or too slow, fails alone; with more than one too slow it is the database that is slow. */
  private async writeOneByOne(pushes: readonly PushToWrite[]): Promise<PromiseSettledResult<Outcome>[]> {
    const results: PromiseSettledResult<Outcome>[] = [];
    let tooSlow = 0;
    let last: PromiseRejectedResult | undefined;
    for (const push of pushes) {
      if (tooSlow >= TOO_SLOW_LIMIT && last !== undefined) {
        results.push(last);
        continue;
      }
      const [result] = await Promise.allSettled([this.writeOne(push)]);
      results.push(result);
      if (result.status === 'rejected' && isStatementTimeout(result.reason)) {
        tooSlow++;
        last = result;
      }
    }
    return results;
  }

  /** The database refused something of a group: find out what, so that it fails alone. */
  private async writeOne(push: PushToWrite): Promise<Outcome> {
    if (push.items.length > 1) {
      try {
        return await this.writeWhole(push);
      } catch (error) {
        if (databaseFault(error) !== 'refused') throw error;
      }
    }
    const total = { accepted: 0, duplicate: 0, resync: false };
    const refused: RejectedItem[] = [];
    for (const item of push.items) {
      try {
        const result = await this.writeWhole({ ...push, items: [item] });
        if (result.outcome === 'cloned') return result;
        total.accepted += result.accepted;
        total.duplicate += result.duplicate;
        total.resync = result.resync;
      } catch (error) {
        if (databaseFault(error) !== 'refused') throw error;
        const message = `the database refused it (SQLSTATE ${sqlState(error)})`;
        refused.push({ index: item.index, issues: [{ path: '', message }] });
      }
    }
    return { outcome: 'written', ...total, refused };
  }

  private async writeWhole(push: PushToWrite): Promise<Outcome> {
    const [result] = await this.write([push]);
    if (result === undefined) throw new Error('A push was written without a result.');
    return result;
  }

  private async write(pushes: readonly PushToWrite[]): Promise<Outcome[]> {
    const results = await this.writer.write(pushes);
    const changed = pushes.filter((_, index) => {
      const result = results[index];
      return result?.outcome === 'written' && result.accepted > 0;
    });
    this.feed.committed([...new Set(changed.map(({ header }) => header.agentId))]);
    return results.map((result) => (result.outcome === 'cloned' ? result : { ...result, refused: [] }));
  }
}
