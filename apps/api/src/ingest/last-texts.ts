import { type Sql } from '../database/data-source.ts';
import { PackError } from '../packing/column-codec.ts';
import { unpackSnapshots } from '../packing/snapshot-pack.ts';
import { findLastTexts, type KeptPack } from './text-pushes.queries.ts';

/** A snapshot that a host sent as text. */
export interface EarlierText {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/**
 * The last two snapshots of a host, the newest first, wherever they are kept: rows of yesterday are gone once they are
 * packed. None taken before `since` (milliseconds) need be told.
 */
export async function lastTexts(sql: Sql, hostId: number, since: number): Promise<EarlierText[]> {
  const texts = new Map<number, EarlierText>();
  for (const kept of await findLastTexts(sql, hostId, since)) {
    const told = kept.content === null ? [{ seq: Number(kept.seq), takenAt: kept.takenAt.getTime() }] : textsOf(kept);
    for (const text of told) texts.set(text.takenAt, text);
  }
  return [...texts.values()].sort((a, b) => b.takenAt - a.takenAt).slice(0, 2);
}

function textsOf({ takenAt: hour, runIds, content }: KeptPack): EarlierText[] {
  try {
    const { takenAt, seq } = unpackSnapshots(hour.getTime(), runIds, content);
    return Array.from(takenAt, (at, index) => ({ seq: seq[index] ?? 0, takenAt: at }));
  } catch (error) {
    // What a damaged pack holds is not known. The host must not be held up by it.
    if (error instanceof PackError) return [];
    throw error;
  }
}
