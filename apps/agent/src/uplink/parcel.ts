import { type Snapshot } from '@closewatch/protocol';
import { pack } from './packing.ts';

/** One start of the agent, on one boot of its host. Pushes go out under the run that took their snapshots. */
export interface Run {
  readonly runId: string;
  readonly bootId: string;
}

/** A snapshot as it goes over the wire. It is packed once, so that a retry sends the same bytes. */
export interface Parcel {
  readonly run: Run;
  readonly seq: number;
  /** `takenAt` of the snapshot, milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Bytes of its JSON. */
  readonly size: number;
  /** Its JSON as one gzip member (RFC 1952 section 2.2): several in a row are the text of all, one after the other. */
  readonly packed: Uint8Array;
}

/** Parcels of one run, for one push. */
export interface Batch {
  readonly run: Run;
  /** JSON of what the agent said of itself then; undefined where that is not known. */
  readonly agent: string | undefined;
  readonly parcels: readonly Parcel[];
}

/** A snapshot of this run, packed. */
export async function parcelOf(run: Run, snapshot: Snapshot): Promise<Parcel> {
  const json = JSON.stringify(snapshot);
  const [size, takenAtMs] = [Buffer.byteLength(json), Date.parse(snapshot.takenAt)];
  return { run, seq: snapshot.seq, takenAtMs, size, packed: await pack(json) };
}
