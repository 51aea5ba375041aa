import { type Language } from '@closewatch/messages';
import { type Snapshot, type Source } from '@closewatch/protocol';
import { TCP_STATES, TCP_STATE_FACTS } from '@closewatch/socket-states';
import { hostname } from 'node:os';
import { worded } from '../leaks/finding-lines.ts';
import { groupLeaks } from '../leaks/leak-groups.ts';
import { leakGroupLines } from '../leaks/leak-report.ts';
import { every } from '../sampling/every.ts';
import { type Paint } from '../terminal/paint.ts';
import { type Screen } from '../terminal/screen.ts';
import { openLooks } from './looks.ts';

export interface WatchOptions {
  readonly json: boolean;
  readonly intervalMs: number;
  /** So many looks; null: until `stop` fires. */
  readonly count: number | null;
  readonly source: Source | undefined;
  readonly procRoot: string;
  readonly screen: Screen;
  readonly paint: Paint;
  readonly language: Language;
  readonly stop: AbortSignal;
}

const MIN_AGE_SECONDS = 60;

/**
 * What `closewatch-agent watch` does: shows counts and leaks anew with every look, on a terminal in place, elsewhere one
 * after the other; with `json` one object a line.
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { procRoot, source, intervalMs, count, screen, stop } = options;
  const looks = await openLooks({ procRoot, source, intervalMs });
  const over = new AbortController();
  let left = count ?? Number.POSITIVE_INFINITY;
  // The first look confirms nothing: without one right before it, the first picture would show no leak.
  await looks.next();
  try {
    const look = async (): Promise<void> => {
      const snapshot = await looks.next();
      if (options.json) screen.line(JSON.stringify(asJson(snapshot, options)));
      else screen.show(pictureOf(snapshot, looks.missing, options));
      if (--left <= 0) over.abort();
    };
    await every(intervalMs, look, AbortSignal.any([stop, over.signal]));
  } finally {
    screen.close();
    looks.close();
  }
}

function pictureOf(
  snapshot: Snapshot,
  missing: readonly string[],
  { screen, paint, intervalMs, language }: WatchOptions,
): string[] {
  const { takenAt, counts } = snapshot;
  const states = TCP_STATES.flatMap((state) => {
    const many = counts[state];
    if (many === 0 || (many === null && state !== 'time_wait')) return [];
    const text = `${TCP_STATE_FACTS[state].netstat} ${many ?? '?'}`;
    return [state === 'close_wait' ? paint('red', text) : text];
  });
  const nowMs = Date.parse(takenAt);
  return [
    `${paint('bold', hostname())}  ${takenAt}  every ${intervalMs / 1000} s`,
    states.join('  ') || 'no TCP sockets',
    '',
    ...leakGroupLines(snapshot, { nowMs, minAgeSeconds: MIN_AGE_SECONDS, width: screen.width, paint, language }),
    ...(missing.length === 0 ? [] : ['', ...missing.map((lack) => paint('dim', `not seen: ${lack}`))]),
  ];
}

function asJson({ takenAt, counts, connections, evidence = [] }: Snapshot, { language }: WatchOptions): object {
  const open = connections.filter(({ endedAs }) => endedAs === undefined);
  const telling = { nowMs: Date.parse(takenAt), minAgeSeconds: MIN_AGE_SECONDS, evidence };
  const groups = groupLeaks(open, telling).map((group) => ({ ...group, finding: worded(group.finding, language) }));
  return { takenAt, counts, groups };
}
