import { type Logger } from '@nestjs/common';
import { type Sql } from '../database/data-source.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { addIncidentEvents, addIncidentEvidence } from '../incidents/incident-timeline.queries.ts';
import { type IncidentsFeed } from '../incidents/incidents-feed.ts';
import { type KeptIncident } from '../incidents/kept-incident.ts';
import { type TwoEndsService } from '../two-ends/two-ends.service.ts';
import { type DetectionTransactions } from './detection-transactions.ts';
import { type CapturedBecause, capturesToDrop, isToBeCaptured } from './evidence-captures.ts';
import { dropCaptures, type IncidentName, lockCaptures } from './evidence-captures.queries.ts';
import { type HostDetection } from './host-detection.ts';
import { type Gathered, knownEvidence, leakedConnections } from './incident-evidence.ts';
import { type ToldSections } from './told-sections.ts';
import { type WatchedHost } from './watched-hosts.queries.ts';

/** An incident that is stored, and what was found of it at an instant (milliseconds). */
export interface Captured {
  readonly incident: KeptIncident;
  readonly because: CapturedBecause;
  readonly host: WatchedHost;
  readonly about: HostDetection;
  readonly sections: ToldSections;
  readonly at: number;
}

interface Question {
  readonly name: IncidentName;
  readonly host: WatchedHost;
  readonly leak: NonNullable<HostDetection['leak']>;
  readonly at: number;
}

/** No statement that gathers takes longer: evidence is worth having, not worth waiting for. */
const STATEMENT_TIMEOUT_MS = 2_000;
/** A round is held up no longer by what is asked for. What is left is asked for in the next. */
const ROUND_MS = 3_000;
/** What was to be asked for longer ago is not what was then. */
const TOO_LATE_MS = 120_000;
const MOST_WAITING = 1_000;

/**
 * Gathers what is to be seen of incidents, once they are stored: whatever fails or takes too long here, the incident is
 * there. What memory holds is stored at once; what has to be asked for when all hosts have been looked at.
 */
export class EvidenceGatherer {
  private waiting: Question[] = [];

  constructor(
    private readonly transactions: DetectionTransactions,
    private readonly feed: IncidentsFeed,
    private readonly twoEnds: TwoEndsService,
    private readonly logger: Logger,
  ) {}

  /** Stores what is known already. Never throws. */
  async capture({ incident, because, host, about, sections, at }: Captured): Promise<void> {
    const name = { hostId: incident.hostId, incidentId: incident.id };
    const isStored = await this.tried(name, () =>
      this.brief(async (sql) => {
        const known = await lockCaptures(sql, name);
        if (!isToBeCaptured(known, because, at)) return false;
        const { figure } = incident.peak;
        const value = incident.figures[figure] ?? 0;
        const content = { because, figure, value };
        await addIncidentEvents(sql, [{ ...name, at, kind: 'evidence', by: null, text: null, content }]);
        await addIncidentEvidence(sql, rowsOf(name, at, knownEvidence(host, about, sections)));
        const dropped = capturesToDrop([...known, { at, because, value }]);
        await dropCaptures(
          sql,
          name,
          dropped.map((capture) => capture.at),
        );
        return true;
      }),
    );
    if (isStored === true && about.leak !== null && this.waiting.length < MOST_WAITING)
      this.waiting.push({ name, host, leak: about.leak, at });
  }

  /** Asks for what the database knows of captured incidents; `now`: milliseconds. Never throws. */
  async ask(now: () => number): Promise<void> {
    const until = performance.now() + ROUND_MS;
    const waiting = this.waiting;
    this.waiting = [];
    for (const [place, question] of waiting.entries()) {
      if (performance.now() >= until) {
        this.waiting.push(...waiting.slice(place));
        return;
      }
      if (now() - question.at > TOO_LATE_MS) continue;
      await this.askOne(question, now());
    }
  }

  private async askOne({ name, host: { hostId }, leak, at }: Question, now: number): Promise<void> {
    const { subject } = leak;
    const connections = await this.tried(name, () => this.brief((sql) => leakedConnections(sql, hostId, subject)));
    const gathered: Gathered[] = [...(connections?.gathered ?? [])];
    const oldest = connections?.oldest ?? [];
    if (oldest.length > 0) {
      const question = { hostId, netns: subject.netns, connections: oldest, now };
      const content = await this.tried(name, () => this.brief((sql) => this.twoEnds.evidence(sql, question)));
      if (content !== undefined) gathered.push({ kind: 'two_ends', content });
    }
    if (gathered.length === 0) return;
    await this.tried(name, () =>
      this.brief(async (sql) => {
        await lockCaptures(sql, name);
        await addIncidentEvidence(sql, rowsOf(name, at, gathered));
      }),
    );
    this.feed.changed([name.incidentId]);
  }

  private brief<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.transactions.transaction(async (sql) => {
      await sql.query(`SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
      return work(sql);
    });
  }

  private async tried<Result>(
    { incidentId }: IncidentName,
    work: () => Promise<Result>,
  ): Promise<Awaited<Result> | undefined> {
    try {
      return await work();
    } catch (error) {
      this.logger.warn(`Some evidence of incident ${incidentId} is missing: ${coerceError(error).message}`);
      return undefined;
    }
  }
}

function rowsOf(name: IncidentName, capturedAt: number, gathered: readonly Gathered[]) {
  return gathered.map((one) => ({ ...name, capturedAt, ...one }));
}
