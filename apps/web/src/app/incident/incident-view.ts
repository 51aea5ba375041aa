import { instantOf } from '../connections/local-date-time.ts';

/** What the URL of an incident's page says of the time that is looked at; milliseconds since the epoch, null: not set. */
export interface MomentView {
  readonly atMs: number | null;
  /** Where the cursor stood before: what is new and what is gone is marked against it, or against pin A. */
  readonly beforeMs: number | null;
  readonly pinAMs: number | null;
  readonly pinBMs: number | null;
  /** All connections of the host, not those of the incident alone. */
  readonly all: boolean;
}

type Parameters = Readonly<Partial<Record<'at' | 'before' | 'a' | 'b' | 'all', string | undefined>>>;

export function viewOf({ at, before, a, b, all }: Parameters): MomentView {
  return { atMs: msOf(at), beforeMs: msOf(before), pinAMs: msOf(a), pinBMs: msOf(b), all: all === '1' };
}

/** The change of a view as query parameters; null takes one out of the URL. */
export function parametersOfView(change: Partial<MomentView>): Record<string, string | null> {
  const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const { atMs, beforeMs, pinAMs, pinBMs, all } = change;
  return {
    ...(atMs === undefined ? {} : { at: text(atMs) }),
    ...(beforeMs === undefined ? {} : { before: text(beforeMs) }),
    ...(pinAMs === undefined ? {} : { a: text(pinAMs) }),
    ...(pinBMs === undefined ? {} : { b: text(pinBMs) }),
    ...(all === undefined ? {} : { all: all ? '1' : null }),
  };
}

function msOf(text: string | undefined): number | null {
  const instant = instantOf(text);
  return instant === undefined ? null : Date.parse(instant);
}
