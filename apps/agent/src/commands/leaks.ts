import { type Language } from '@closewatch/messages';
import { type Snapshot, type Source } from '@closewatch/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { worded } from '../leaks/finding-lines.ts';
import { ageOf, findingOn, groupLeaks, leakClassOf } from '../leaks/leak-groups.ts';
import { leakConnectionLines, leakGroupLines } from '../leaks/leak-report.ts';
import { type Paint } from '../terminal/paint.ts';
import { EXIT } from './exit-codes.ts';
import { openLooks } from './looks.ts';

export interface LeaksOptions {
  readonly json: boolean;
  /** One line for each connection instead of groups. */
  readonly connections: boolean;
  /** Tell by the exit code whether connections are at least `minAgeSeconds` in CLOSE_WAIT. */
  readonly check: boolean;
  readonly minAgeSeconds: number;
  readonly source: Source | undefined;
  readonly procRoot: string;
  readonly width: number;
  readonly paint: Paint;
  readonly language: Language;
}

export interface LeaksResult {
  readonly output: string;
  readonly missing: readonly string[];
  readonly exitCode: number;
}

/** A dump is not atomic, so one look proves nothing: a connection counts from the second. */
const CONFIRM_AFTER_MS = 100;
/** Rates of the processes that hold them are over this time. */
const RATES_OVER_MS = 900;

/** What `closewatch-agent leaks` prints: connections in CLOSE_WAIT by process and endpoint, and why they may not close. Takes a second. */
export async function leaks(options: LeaksOptions): Promise<LeaksResult> {
  const { procRoot, source, minAgeSeconds, check } = options;
  const looks = await openLooks({ procRoot, source, intervalMs: CONFIRM_AFTER_MS + RATES_OVER_MS });
  try {
    await looks.next();
    await sleep(CONFIRM_AFTER_MS);
    const second = await looks.next();
    // Without a leak there is no process to look at.
    if (second.connections.length > 0) await sleep(RATES_OVER_MS);
    const snapshot = second.connections.length > 0 ? await looks.next() : second;
    // No leak is known where no socket could be read: a check must not pass for that.
    if (snapshot.counts.close_wait === null) throw new Error(looks.missing.join('; '));
    const nowMs = Date.parse(snapshot.takenAt);
    const open = snapshot.connections.filter(({ endedAs }) => endedAs === undefined);
    const found = check && open.some((connection) => ageOf(connection, nowMs).atLeast >= minAgeSeconds);
    return {
      output: options.json ? `${JSON.stringify(asJson(snapshot, options, nowMs))}\n` : asText(snapshot, options, nowMs),
      missing: looks.missing,
      exitCode: found ? EXIT.finding : EXIT.ok,
    };
  } finally {
    looks.close();
  }
}

function asText(snapshot: Snapshot, options: LeaksOptions, nowMs: number): string {
  const lines = options.connections ? leakConnectionLines : leakGroupLines;
  return `${lines(snapshot, { ...options, nowMs }).join('\n')}\n`;
}

function asJson(snapshot: Snapshot, { connections, minAgeSeconds, language }: LeaksOptions, nowMs: number): object {
  const { takenAt, counts, evidence = [] } = snapshot;
  const open = snapshot.connections.filter(({ endedAs }) => endedAs === undefined);
  const telling = { nowMs, minAgeSeconds, evidence };
  return {
    takenAt,
    closeWait: counts.close_wait,
    minAgeSeconds,
    groups: groupLeaks(open, telling).map((group) => ({ ...group, finding: worded(group.finding, language) })),
    evidence,
    ...(connections
      ? {
          connections: open.map((connection) => ({
            ...connection,
            class: leakClassOf(connection),
            ageSeconds: ageOf(connection, nowMs),
            finding: worded(findingOn([connection], telling), language),
          })),
        }
      : {}),
  };
}
